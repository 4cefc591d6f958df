package io.sftjob.trainer.tokenizer.sentencepiece;

/**
 * One entry of the vocabulary; its id is its place in the list.
 *
 * @param text as the normaliser writes it: a blank is ▁
 * @param score of a merge (BPE) or log-probability (Unigram): the higher goes first
 */
public record Piece(String text, float score, Kind kind) {

  /** Numbered as in sentencepiece_model.proto; a GGUF header uses the same numbers. */
  public enum Kind {
    NORMAL(1),
    UNKNOWN(2),
    CONTROL(3),
    USER_DEFINED(4),
    UNUSED(5),
    BYTE(6);

    private final long number;

    Kind(long number) {
      this.number = number;
    }

    /**
     * @throws BrokenModelException for a number that is none of them
     */
    public static Kind of(long number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      throw new BrokenModelException("a piece of the unknown type " + number);
    }
  }

  /** Whether a text can be cut into it; the others have a meaning, not a spelling. */
  boolean isText() {
    return kind == Kind.NORMAL || kind == Kind.USER_DEFINED || kind == Kind.UNUSED;
  }

  /**
   * @return 0 to 255 for {@code <0x00>} to {@code <0xFF>}
   * @throws BrokenModelException if the text is not of that form
   */
  int byteValue() {
    if (!text.matches("<0x[0-9A-F]{2}>")) {
      throw new BrokenModelException(
          "the byte piece `%s`; expected <0x00> to <0xFF>".formatted(text));
    }
    return Integer.parseInt(text, 3, 5, 16);
  }

  Piece as(Kind other) {
    return new Piece(text, score, other);
  }
}
