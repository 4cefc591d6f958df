package io.sftjob.trainer.chat.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** {@code datetime.strftime} in English. */
final class Strftime {
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('Y', "yyyy"),
          Map.entry('y', "yy"),
          Map.entry('m', "MM"),
          Map.entry('d', "dd"),
          Map.entry('B', "MMMM"),
          Map.entry('b', "MMM"),
          Map.entry('A', "EEEE"),
          Map.entry('a', "EEE"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('p', "a"),
          Map.entry('j', "DDD"),
          Map.entry('F', "yyyy-MM-dd"),
          Map.entry('T', "HH:mm:ss"));

  private Strftime() {}

  static String format(LocalDateTime time, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char directive = format.charAt(++i);
      if (directive == '%') {
        out.append('%');
        continue;
      }
      boolean padded = directive != '-';
      if (!padded && i + 1 < format.length()) {
        directive = format.charAt(++i);
      }
      String pattern = PATTERNS.get(directive);
      if (pattern == null) {
        throw new JinjaException("strftime_now: `%" + directive + "` is not supported");
      }
      String text = time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
      out.append(padded || !text.startsWith("0") ? text : text.substring(1));
    }
    return out.toString();
  }
}
