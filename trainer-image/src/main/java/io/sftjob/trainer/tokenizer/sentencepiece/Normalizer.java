package io.sftjob.trainer.tokenizer.sentencepiece;

import io.sftjob.trainer.tokenizer.sentencepiece.Charsmap.Match;
import java.util.Arrays;
import java.util.Optional;

/** Rewrites a text as SentencePiece's normalizer.cc does. Thread-safe. */
final class Normalizer {
  private static final String BLANK = " ";

  private final NormalizerSpec spec;
  private final boolean whitespaceSuffix;
  private final PrefixMatcher asWritten;
  private final String blank;

  /**
   * @param asWritten user-defined symbols: no rule reaches into them
   */
  Normalizer(NormalizerSpec spec, boolean whitespaceSuffix, PrefixMatcher asWritten) {
    this.spec = spec;
    this.whitespaceSuffix = whitespaceSuffix;
    this.asWritten = asWritten;
    this.blank = spec.escapeWhitespaces() ? SentencePiece.VISIBLE_BLANK : BLANK;
  }

  /**
   * @param prefix whether the blank before a text, if the model wants one, belongs to this one
   */
  Normalized normalize(String text, boolean prefix) {
    boolean addBlank = prefix && spec.addDummyPrefix();
    int at = 0;
    if (spec.removeExtraWhitespaces()) {
      for (Match next = null; at < text.length(); at += next.chars()) {
        next = next(text, at);
        if (!next.text().equals(BLANK)) {
          break;
        }
      }
    }
    Output out = new Output(text.length());
    if (at == text.length()) {
      return out.end(0);
    }
    if (!whitespaceSuffix && addBlank) {
      out.append(blank, at);
    }
    boolean dropBlanks = spec.removeExtraWhitespaces();
    while (at < text.length()) {
      Match next = next(text, at);
      String kept = dropBlanks ? withoutLeadingBlanks(next.text()) : next.text();
      if (!kept.isEmpty()) {
        out.append(kept.replace(BLANK, blank), at);
        dropBlanks = spec.removeExtraWhitespaces() && kept.endsWith(BLANK);
      }
      at += next.chars();
    }
    int end = spec.removeExtraWhitespaces() ? out.dropTrailing(blank, at) : at;
    if (whitespaceSuffix && addBlank) {
      out.append(blank, end);
    }
    return out.end(end);
  }

  /** The longest symbol there, else the longest rule, else one character. */
  private Match next(String text, int at) {
    int symbol = asWritten.longest(text, at);
    if (symbol == 0) {
      Optional<Match> rule = spec.charsmap().flatMap(map -> map.longest(text, at));
      if (rule.isPresent()) {
        return rule.get();
      }
    }
    int chars = symbol > 0 ? symbol : Character.charCount(text.codePointAt(at));
    return new Match(chars, text.substring(at, at + chars));
  }

  private static String withoutLeadingBlanks(String text) {
    int from = 0;
    while (text.startsWith(BLANK, from)) {
      from++;
    }
    return text.substring(from);
  }

  /** The normalised text as it grows, with the place in the source of every char. */
  private static final class Output {
    private final StringBuilder text;
    private int[] origins;

    Output(int expected) {
      text = new StringBuilder(expected + 1);
      origins = new int[expected + 2];
    }

    void append(String added, int origin) {
      int from = text.length();
      text.append(added);
      if (text.length() >= origins.length) {
        origins = Arrays.copyOf(origins, Math.max(2 * origins.length, text.length() + 1));
      }
      Arrays.fill(origins, from, text.length(), origin);
    }

    /**
     * @return where the source ends without the blanks
     */
    int dropTrailing(String blank, int end) {
      int kept = end;
      while (text.length() > 0 && text.lastIndexOf(blank) == text.length() - blank.length()) {
        text.setLength(text.length() - blank.length());
        kept = origins[text.length()];
      }
      return kept;
    }

    Normalized end(int origin) {
      origins[text.length()] = origin;
      return new Normalized(text.toString(), origins);
    }
  }
}
