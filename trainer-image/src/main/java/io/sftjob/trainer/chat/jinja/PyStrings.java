package io.sftjob.trainer.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Python's string functions, which count code points and know Unicode's blanks. */
final class PyStrings {
  private PyStrings() {}

  /** {@code str.isspace} of one character. */
  static boolean isSpace(int c) {
    return c >= 0x09 && c <= 0x0d
        || c >= 0x1c && c <= 0x20
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || c >= 0x2000 && c <= 0x200a
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }

  private static IntPredicate stripped(String chars) {
    return chars == null ? PyStrings::isSpace : c -> chars.indexOf(c) >= 0;
  }

  /** Strips the characters in {@code chars}, or blanks where it is null. */
  static String strip(String text, String chars) {
    return lstrip(rstrip(text, chars), chars);
  }

  static String lstrip(String text, String chars) {
    IntPredicate drop = stripped(chars);
    int from = 0;
    while (from < text.length() && drop.test(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    return text.substring(from);
  }

  static String rstrip(String text, String chars) {
    IntPredicate drop = stripped(chars);
    int to = text.length();
    while (to > 0 && drop.test(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(0, to);
  }

  static int compare(String a, String b) {
    int[] x = a.codePoints().toArray();
    int[] y = b.codePoints().toArray();
    return java.util.Arrays.compare(x, y);
  }

  /** {@code limit} < 0: no limit. */
  static List<Object> split(String text, String separator, int limit) {
    List<Object> parts = new ArrayList<>();
    if (separator == null) {
      int at = pastSpaces(text, 0);
      while (at < text.length() && (limit < 0 || parts.size() < limit)) {
        int end = at;
        while (end < text.length() && !isSpace(text.charAt(end))) {
          end++;
        }
        add(parts, text.substring(at, end));
        at = pastSpaces(text, end);
      }
      if (at < text.length()) {
        parts.add(text.substring(at));
      }
      return parts;
    }
    requireSeparator(separator);
    int from = 0;
    int found;
    while ((limit < 0 || parts.size() < limit) && (found = text.indexOf(separator, from)) >= 0) {
      add(parts, text.substring(from, found));
      from = found + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  static List<Object> rsplit(String text, String separator, int limit) {
    if (separator == null) {
      throw new JinjaException("rsplit without a separator is not supported");
    }
    requireSeparator(separator);
    List<Object> parts = new ArrayList<>();
    int to = text.length();
    while (limit < 0 || parts.size() < limit) {
      int found =
          to < separator.length() ? -1 : text.lastIndexOf(separator, to - separator.length());
      if (found < 0) {
        break;
      }
      add(parts, text.substring(found + separator.length(), to));
      to = found;
    }
    parts.add(text.substring(0, to));
    return new ArrayList<>(parts.reversed());
  }

  private static int pastSpaces(String text, int from) {
    int at = from;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static void add(List<Object> parts, String part) {
    Work.requireItems(parts.size() + 1L);
    parts.add(part);
  }

  static String join(String separator, List<String> items) {
    long length = (long) separator.length() * Math.max(0, items.size() - 1);
    for (String item : items) {
      length += item.length();
      Work.requireChars(length);
    }
    return String.join(separator, items);
  }

  private static void requireSeparator(String separator) {
    if (separator.isEmpty()) {
      throw new JinjaException("empty separator");
    }
  }

  static List<Object> lines(String text) {
    List<Object> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean ends =
          c >= 0x0a && c <= 0x0d
              || c >= 0x1c && c <= 0x1e
              || c == 0x85
              || c == 0x2028
              || c == 0x2029;
      if (ends) {
        lines.add(text.substring(from, i));
        if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
          i++;
        }
        from = i + 1;
      }
    }
    if (from < text.length()) {
      lines.add(text.substring(from));
    }
    return lines;
  }

  /** The first character in title case, the others in lower case. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    return Character.toString(Character.toTitleCase(first))
        + text.substring(Character.charCount(first)).toLowerCase(java.util.Locale.ROOT);
  }

  /** {@code str.title}: every run of letters is a word. */
  static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int c : text.codePoints().toArray()) {
      out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = Character.isLetter(c);
    }
    return out.toString();
  }

  /** {@code limit} < 0: no limit. */
  static String replace(String text, String from, String to, int limit) {
    if (from.isEmpty()) {
      throw new JinjaException("replace of an empty string is not supported");
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    int found;
    for (int i = 0; (limit < 0 || i < limit) && (found = text.indexOf(from, at)) >= 0; i++) {
      out.append(text, at, found).append(to);
      Work.requireChars(out.length());
      at = found + from.length();
    }
    return out.append(text, at, text.length()).toString();
  }

  static boolean all(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }
}
