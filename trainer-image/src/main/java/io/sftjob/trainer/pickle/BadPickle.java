package io.sftjob.trainer.pickle;

/** What is wrong with a pickle or its archive, in words that follow the file's name. */
final class BadPickle extends RuntimeException {
  private static final int LONGEST = 120;

  BadPickle(String message, Object... values) {
    super(message.formatted(values));
  }

  /** A text from the file, fit for a message: short, and on one line. */
  static String shown(String text) {
    String line =
        text.codePoints()
            .limit(LONGEST)
            .collect(StringBuilder::new, BadPickle::add, StringBuilder::append)
            .toString();
    return line.length() < text.length() && text.codePointCount(0, text.length()) > LONGEST
        ? line + "…"
        : line;
  }

  private static void add(StringBuilder line, int codePoint) {
    line.appendCodePoint(Character.isISOControl(codePoint) ? '\uFFFD' : codePoint);
  }
}
