package io.sftjob.trainer.chat.jinja;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code '%s-%d' % (a, b)}, for the conversions s, r, d, i, f and x. */
final class PercentFormat {
  private static final Pattern CONVERSION =
      Pattern.compile("%(?:%|([-+0 #]*)(\\d*)((?:\\.\\d+)?)([a-zA-Z(]))");

  /** Digits of a width or a precision: more would only be a way to fill the memory. */
  private static final int MAX_DIGITS = 3;

  private PercentFormat() {}

  static String format(String format, Object arguments) {
    List<?> values =
        arguments instanceof Tuple tuple ? tuple : java.util.Collections.singletonList(arguments);
    Matcher matcher = CONVERSION.matcher(format);
    StringBuilder out = new StringBuilder();
    int used = 0;
    while (matcher.find()) {
      String text = "%";
      if (matcher.group(4) != null) {
        if (used == values.size()) {
          throw new JinjaException("not enough arguments for the format string");
        }
        text = convert(matcher, values.get(used++));
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(text));
    }
    if (used < values.size()) {
      throw new JinjaException("not all arguments converted during string formatting");
    }
    return matcher.appendTail(out).toString();
  }

  private static String convert(Matcher conversion, Object value) {
    if (conversion.group(2).length() > MAX_DIGITS
        || conversion.group(3).length() > 1 + MAX_DIGITS) {
      throw new JinjaException("the conversion `" + conversion.group() + "` is too wide");
    }
    String flags = conversion.group(1) + conversion.group(2);
    Object number = Values.number(value);
    return switch (conversion.group(4)) {
      case "s" -> String.format(Locale.ROOT, "%" + flags + "s", PyRepr.str(value));
      case "r" -> String.format(Locale.ROOT, "%" + flags + "s", PyRepr.of(value));
      case "d", "i" ->
          String.format(
              Locale.ROOT,
              "%" + flags + "d",
              number instanceof Double d ? (Object) d.longValue() : integer(number));
      case "x" -> String.format(Locale.ROOT, "%" + flags + "x", integer(number));
      case "f" ->
          String.format(
              Locale.ROOT,
              "%" + flags + conversion.group(3) + "f",
              number instanceof Long n ? (Object) n.doubleValue() : number);
      default ->
          throw new JinjaException("the conversion `" + conversion.group() + "` is not supported");
    };
  }

  private static Long integer(Object value) {
    if (value instanceof Long n) {
      return n;
    }
    throw new JinjaException("a number is required, not " + Values.typeName(value));
  }
}
