package io.sftjob.trainer.data;

/**
 * How documents are put into rows. The names are TRL's, and ConstantLengthDataset's, which it had
 * before.
 */
public sealed interface Packing {
  /** Tokens in a row, at most. */
  int maxLength();

  /** Whether documents do not attend to each other; where not, a row is one document. */
  default boolean keepsApart() {
    return true;
  }

  /** Each document is a row, cut at its length. */
  record None(int maxLength) implements Packing {}

  /**
   * Best fit decreasing; longer documents are cut.
   *
   * @param window documents that are packed together
   */
  record Bfd(int maxLength, int window) implements Packing {}

  /** Best fit decreasing; longer documents are split. */
  record BfdSplit(int maxLength, int window) implements Packing {}

  /**
   * Documents end to end, cut into rows wherever these end.
   *
   * @param window documents behind which a row ends, full or not
   */
  record Wrapped(int maxLength, int window) implements Packing {
    @Override
    public boolean keepsApart() {
      return false;
    }
  }

  /**
   * As Wrapped, in buffers of {@code maxLength * charsPerToken * numOfSequences} characters, of
   * which only the full rows are kept, shuffled.
   */
  record ConstantLength(int maxLength, int numOfSequences, double charsPerToken)
      implements Packing {
    @Override
    public boolean keepsApart() {
      return false;
    }

    double bufferCharacters() {
      return maxLength * charsPerToken * numOfSequences;
    }
  }
}
