package io.sftjob.trainer.imports;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All arguments of one program, with types and defaults; taken from the program itself by {@code
 * parity/import_arguments.py}.
 */
final class KnownArguments {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String versions;
  private final Map<String, Known> byName;

  private record Entry(String name, String of, String type, Object value) {}

  private record Content(String versions, List<Entry> arguments) {}

  private KnownArguments(String versions, Map<String, Known> byName) {
    this.versions = versions;
    this.byName = Collections.unmodifiableMap(byName);
  }

  static KnownArguments of(Program program) {
    try (var in = KnownArguments.class.getResourceAsStream(program.resource())) {
      var content = JSON.readValue(in, Content.class);
      var byName = new LinkedHashMap<String, Known>();
      for (var e : content.arguments()) {
        var type = Known.Type.valueOf(e.type().toUpperCase(Locale.ROOT));
        byName.put(e.name(), new Known(e.name(), e.of(), type, Values.plain(e.value())));
      }
      return new KnownArguments(content.versions(), byName);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the program that they were taken from. */
  String versions() {
    return versions;
  }

  Collection<Known> all() {
    return byName.values();
  }

  Optional<Known> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Object defaultOf(String name) {
    return find(name).map(Known::value).orElse(null);
  }

  /** Names that begin with these letters: argparse takes a beginning that is one name's alone. */
  List<String> beginningWith(String letters) {
    return byName.keySet().stream().filter(name -> name.startsWith(letters)).toList();
  }
}
