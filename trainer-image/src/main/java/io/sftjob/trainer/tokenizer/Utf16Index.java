package io.sftjob.trainer.tokenizer;

/**
 * Where a code point begins in a Java string. The tokenizers library counts code points, Java
 * counts UTF-16 units: they part at the first emoji.
 */
final class Utf16Index {
  private final int[] starts;

  private Utf16Index(int[] starts) {
    this.starts = starts;
  }

  static Utf16Index of(String text) {
    int codePoints = text.codePointCount(0, text.length());
    if (codePoints == text.length()) {
      return new Utf16Index(null);
    }
    int[] starts = new int[codePoints + 1];
    for (int i = 0, at = 0; i < codePoints; i++) {
      starts[i] = at;
      at += Character.charCount(text.codePointAt(at));
    }
    starts[codePoints] = text.length();
    return new Utf16Index(starts);
  }

  int ofCodePoint(int index) {
    return starts == null ? index : starts[index];
  }
}
