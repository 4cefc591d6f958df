package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The words of a command line as {@code HfArgumentParser} takes them: {@code --flag}, {@code --flag
 * true}, {@code --no_flag}, {@code --a b}, {@code --a=b}, {@code --list a b}, dashes for
 * underscores, beginnings of names.
 */
final class CommandLineWords {
  private static final Pattern NEGATIVE = Pattern.compile("-[0-9.].*");
  private static final String NO = "no_";

  private final Names names;
  private final List<String> words;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final List<String> renamed = new ArrayList<>();
  private int next;

  private CommandLineWords(Names names, List<String> words) {
    this.names = names;
    this.words = words;
  }

  static Given parse(Names names, List<String> words) {
    return new CommandLineWords(names, words).parse();
  }

  private Given parse() {
    while (next < words.size()) {
      String word = words.get(next++);
      if (!word.startsWith("--") || word.length() == 2) {
        throw invalid("unexpected word '%s'; arguments are written --name value".formatted(word));
      }
      int equals = word.indexOf('=');
      if (equals < 0) {
        argument(word.substring(2), null);
      } else {
        argument(word.substring(2, equals), word.substring(equals + 1));
      }
    }
    return new Given(values, renamed);
  }

  /**
   * @param attached what stood behind {@code =}, or null
   */
  private void argument(String written, String attached) {
    String underscored = written.replace('-', '_');
    if (attached == null && underscored.startsWith(NO) && isFlag(underscored.substring(3))) {
      values.put(underscored.substring(NO.length()), false);
      return;
    }
    var found = names.find(written);
    found.renamed().ifPresent(renamed::add);
    values.put(
        found.name(),
        found
            .known()
            .map(known -> value(known, written, attached))
            .orElseGet(() -> unknown(attached)));
  }

  private boolean isFlag(String name) {
    return names.known().find(name).filter(k -> k.type() == Known.Type.BOOL).isPresent();
  }

  private Object value(Known known, String written, String attached) {
    return switch (known.type()) {
      case BOOL -> {
        if (attached == null && !(hasValue() && Values.isBool(words.get(next)))) {
          yield true;
        }
        yield Values.typed(known, attached == null ? words.get(next++) : attached);
      }
      case LIST -> list(written, attached);
      default -> Values.typed(known, attached == null ? one(written) : attached);
    };
  }

  private List<Object> list(String written, String attached) {
    var list = new ArrayList<>();
    if (attached != null) {
      list.add(attached);
    } else {
      list.add(one(written));
      while (hasValue()) {
        list.add(words.get(next++));
      }
    }
    return list;
  }

  private String one(String written) {
    if (!hasValue()) {
      throw invalid("--%s needs a value".formatted(written));
    }
    return words.get(next++);
  }

  /** Of a type that is not known: a flag, a value or some. */
  private Object unknown(String attached) {
    if (attached != null) {
      return attached;
    }
    var list = new ArrayList<>();
    while (hasValue()) {
      list.add(words.get(next++));
    }
    return list.isEmpty() ? true : list.size() == 1 ? list.getFirst() : list;
  }

  private boolean hasValue() {
    if (next >= words.size()) {
      return false;
    }
    String word = words.get(next);
    return !word.startsWith("-")
        || word.length() == 1
        || word.contains(" ")
        || NEGATIVE.matcher(word).matches();
  }

  private static TrainerException invalid(String message) {
    return new TrainerException(ExitCode.InvalidSpec, message);
  }
}
