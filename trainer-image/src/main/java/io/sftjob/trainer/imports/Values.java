package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Values of arguments: null, Boolean, String, BigDecimal for every number, List, Map. Words become
 * them as argparse and {@code HfArgumentParser} say.
 */
final class Values {
  private static final Set<String> TRUE = Set.of("yes", "true", "t", "y", "1");
  private static final Set<String> FALSE = Set.of("no", "false", "f", "n", "0");

  private Values() {}

  /** A value as Jackson read it, with one class for all numbers. */
  static Object plain(Object read) {
    return switch (read) {
      case Number number -> new BigDecimal(number.toString());
      case List<?> list -> {
        var plain = new ArrayList<>();
        list.forEach(item -> plain.add(plain(item)));
        yield plain;
      }
      case Map<?, ?> map -> {
        var plain = new LinkedHashMap<String, Object>();
        map.forEach((key, value) -> plain.put(key.toString(), plain(value)));
        yield plain;
      }
      case null -> null;
      default -> read;
    };
  }

  /** What a word, or a value of a file, is to an argument. */
  static Object typed(Known known, Object value) {
    return switch (value) {
      case String word ->
          switch (known.type()) {
            case BOOL -> bool(known.name(), word);
            case INT, FLOAT -> number(known.name(), word, known.type() == Known.Type.INT);
            case STR, LIST, DICT -> word;
          };
      case BigDecimal number when known.type() == Known.Type.STR -> number.toPlainString();
      case null -> null;
      default -> value;
    };
  }

  static boolean isBool(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return TRUE.contains(lower) || FALSE.contains(lower);
  }

  static Boolean bool(String name, String word) {
    if (!isBool(word)) {
      throw invalid(name, word, "true or false");
    }
    return TRUE.contains(word.toLowerCase(Locale.ROOT));
  }

  static BigDecimal number(String name, String word, boolean whole) {
    try {
      var number = new BigDecimal(word.strip().replace("_", ""));
      if (!whole || number.scale() == 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw invalid(name, word, whole ? "a whole number" : "a number");
  }

  /** The items of {@code a,b}, of a list, or of one value. */
  static List<String> items(Object value) {
    return switch (value) {
      case null -> List.of();
      case List<?> list -> list.stream().map(Values::text).toList();
      default ->
          Arrays.stream(text(value).split(","))
              .map(String::strip)
              .filter(item -> !item.isEmpty())
              .toList();
    };
  }

  /** A value for people. */
  static String text(Object value) {
    return switch (value) {
      case null -> "null";
      case BigDecimal number -> decimal(number);
      case List<?> list -> String.join(" ", list.stream().map(Values::text).toList());
      default -> value.toString();
    };
  }

  /** The shortest form of a decimal string: {@code 2e-5}, {@code 0.05}, {@code 3}. */
  static String decimal(BigDecimal number) {
    var shortest = number.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (shortest.signum() == 0 || (exponent >= -3 && exponent < 9)) {
      return shortest.toPlainString();
    }
    String digits = shortest.unscaledValue().abs().toString();
    String sign = shortest.signum() < 0 ? "-" : "";
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return sign + digits.charAt(0) + fraction + "e" + exponent;
  }

  /**
   * Whether two values mean the same: {@code 0.0} and {@code 0}, {@code "none"} and {@code None}.
   */
  static boolean same(Object a, Object b) {
    if (a == null || b == null) {
      return a == b;
    }
    return text(a).equalsIgnoreCase(text(b));
  }

  static TrainerException invalid(String name, Object found, String expected) {
    return new TrainerException(
        ExitCode.InvalidSpec, "%s is '%s'; expected %s".formatted(name, text(found), expected));
  }
}
