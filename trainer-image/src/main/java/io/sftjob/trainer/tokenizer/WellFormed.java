package io.sftjob.trainer.tokenizer;

/**
 * Texts without lone surrogates, which JSON can hold but UTF-8 can not: each becomes U+FFFD, so
 * that places in the text stay what they are.
 */
final class WellFormed {
  private static final char REPLACEMENT = '\uFFFD';

  private WellFormed() {}

  static String of(String text) {
    StringBuilder fixed = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          i++;
        } else {
          fixed = fixed == null ? new StringBuilder(text) : fixed;
          fixed.setCharAt(i, REPLACEMENT);
        }
      }
    }
    return fixed == null ? text : fixed.toString();
  }
}
