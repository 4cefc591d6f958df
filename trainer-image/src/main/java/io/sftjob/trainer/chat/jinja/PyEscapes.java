package io.sftjob.trainer.chat.jinja;

/** Escapes of Python's string literals; an unknown one keeps its backslash. */
final class PyEscapes {
  private PyEscapes() {}

  static String decode(String literal) {
    if (literal.indexOf('\\') < 0) {
      return literal;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < literal.length(); i++) {
      char c = literal.charAt(i);
      if (c != '\\' || i + 1 == literal.length()) {
        out.append(c);
        continue;
      }
      char escape = literal.charAt(++i);
      switch (escape) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'a' -> out.append('\u0007');
        case 'v' -> out.append('\u000b');
        case '\\', '\'', '"' -> out.append(escape);
        case '\n' -> {}
        case 'x' -> i = hex(literal, i, 2, out);
        case 'u' -> i = hex(literal, i, 4, out);
        case 'U' -> i = hex(literal, i, 8, out);
        default -> {
          if (escape >= '0' && escape <= '7') {
            i = octal(literal, i, out);
          } else {
            out.append('\\').append(escape);
          }
        }
      }
    }
    return out.toString();
  }

  private static int hex(String literal, int at, int digits, StringBuilder out) {
    int end = at + 1 + digits;
    try {
      out.appendCodePoint(Integer.parseInt(literal.substring(at + 1, end), 16));
      return end - 1;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new JinjaException("`\\" + literal.charAt(at) + "` needs " + digits + " hex digits");
    }
  }

  private static int octal(String literal, int at, StringBuilder out) {
    int end = at;
    while (end < literal.length() && end < at + 3 && "01234567".indexOf(literal.charAt(end)) >= 0) {
      end++;
    }
    out.appendCodePoint(Integer.parseInt(literal.substring(at, end), 8));
    return end - 1;
  }
}
