package io.sftjob.trainer.chat.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Python's {@code str()} and {@code repr()}. */
public final class PyRepr {
  private PyRepr() {}

  /** How a value prints. */
  static String str(Object value) {
    return switch (value) {
      case String text -> text;
      case Undefined u -> "";
      case null, default -> of(value);
    };
  }

  /** {@code repr} of strings, booleans, longs, doubles, null, and lists and maps of these. */
  public static String of(Object value) {
    Work.read(value);
    return switch (value) {
      case null -> "None";
      case Boolean b -> b ? "True" : "False";
      case Double d -> real(d);
      case String text -> quoted(text);
      case Tuple t -> t.size() == 1 ? "(" + of(t.getFirst()) + ",)" : "(" + items(t) + ")";
      case List<?> list -> "[" + items(list) + "]";
      case Map<?, ?> map ->
          Work.made(
              map.entrySet().stream()
                  .map(e -> of(e.getKey()) + ": " + of(e.getValue()))
                  .collect(Collectors.joining(", ", "{", "}")));
      case Undefined u -> "Undefined";
      case Number n -> n.toString();
      default -> throw new JinjaException("a function or namespace can not be printed");
    };
  }

  private static String items(List<?> list) {
    return Work.made(list.stream().map(PyRepr::of).collect(Collectors.joining(", ")));
  }

  /** The shortest digits that give the number back, in Python's layout. */
  static String real(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = exact.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = exact.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return (value < 0 ? "-" : "")
        + mantissa
        + "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static String quoted(String text) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                  if (c == quote) {
                    out.append('\\').append(quote);
                  } else if (printable(c)) {
                    out.appendCodePoint(c);
                  } else {
                    out.append(
                        (c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c));
                  }
                }
              }
            });
    return out.append(quote).toString();
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
