package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;

/** A text in NFC, and where in the source its chars come from. */
final class Nfc {
  private final String text;
  private final int[] starts;
  private final int[] ends;

  private Nfc(String text, int[] starts, int[] ends) {
    this.text = text;
    this.starts = starts;
    this.ends = ends;
  }

  static Nfc of(String source) {
    StringBuilder text = new StringBuilder(source.length());
    int[] starts = new int[source.length()];
    int[] ends = new int[source.length()];
    for (int from = 0, to; from < source.length(); from = to) {
      to = end(source, from);
      String part = source.substring(from, to);
      String normal = Normalizer.normalize(part, Form.NFC);
      int at = text.length();
      text.append(normal);
      if (text.length() > starts.length) {
        starts = Arrays.copyOf(starts, 2 * text.length());
        ends = Arrays.copyOf(ends, 2 * text.length());
      }
      boolean same = normal.equals(part);
      for (int i = at; i < text.length(); i++) {
        starts[i] = same ? from + i - at : from;
        ends[i] = same ? from + i - at + 1 : to;
      }
    }
    return new Nfc(text.toString(), starts, ends);
  }

  /** Only marks and Hangul's medial and final letters are reordered or composed with others. */
  private static int end(String source, int from) {
    int to = from + Character.charCount(source.codePointAt(from));
    while (to < source.length() && joins(source.codePointAt(to))) {
      to += Character.charCount(source.codePointAt(to));
    }
    return to;
  }

  private static boolean joins(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> codePoint >= 0x1160 && codePoint <= 0x11FF;
    };
  }

  String text() {
    return text;
  }

  /** The same tokens, with places in the source. */
  Encoding inSource(Encoding encoding) {
    int[] from = encoding.starts().clone();
    int[] to = encoding.ends().clone();
    for (int i = 0; i < from.length; i++) {
      from[i] = starts[encoding.starts()[i]];
      to[i] = ends[encoding.ends()[i] - 1];
    }
    return new Encoding(encoding.ids(), from, to);
  }
}
