package io.sftjob.trainer.imports;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Arguments that no field of a job stands for, and why; {@code unmapped.yaml} holds them by reason.
 */
final class Unmapped {
  private static final String RESOURCE = "unmapped.yaml";

  /**
   * One of them.
   *
   * @param lost whether leaving it out changes what is trained
   * @param neutral values that change nothing, besides the program's default
   */
  record Entry(String reason, boolean lost, List<Object> neutral) {}

  private record Part(
      Map<String, List<String>> moot,
      Map<String, Map<String, List<Object>>> lost,
      Map<String, String> renamed) {}

  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, String> renamed = new HashMap<>();

  private Unmapped() {}

  static Unmapped of(Program program) {
    var unmapped = new Unmapped();
    try (var in = Unmapped.class.getResourceAsStream(RESOURCE)) {
      var parts = new YAMLMapper().readValue(in, new TypeReference<Map<String, Part>>() {});
      unmapped.add(parts.get("trainer"));
      unmapped.add(parts.get(program.name()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return unmapped;
  }

  private void add(Part part) {
    part.moot()
        .forEach(
            (reason, names) ->
                names.forEach(name -> put(name, new Entry(reason, false, List.of()))));
    part.lost()
        .forEach(
            (reason, names) ->
                names.forEach(
                    (name, neutral) ->
                        put(
                            name,
                            new Entry(
                                reason, true, neutral.stream().map(Values::plain).toList()))));
    renamed.putAll(part.renamed());
  }

  private void put(String name, Entry entry) {
    if (entries.put(name, entry) != null) {
      throw new IllegalStateException(name + " stands twice in " + RESOURCE);
    }
  }

  Optional<Entry> find(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  boolean isKnown(String name) {
    return entries.containsKey(name);
  }

  Set<String> names() {
    return new HashSet<>(entries.keySet());
  }

  /** What an argument of an earlier version is called today. */
  Optional<String> today(String name) {
    return Optional.ofNullable(renamed.get(name));
  }
}
