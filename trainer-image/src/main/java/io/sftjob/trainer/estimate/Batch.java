package io.sftjob.trainer.estimate;

/**
 * The documents of a micro-batch, by what their computation takes.
 *
 * @param tokens of all rows
 * @param squares the documents' lengths squared, summed: attention is between the tokens of one
 * @param longest tokens of the longest document
 */
public record Batch(long tokens, long squares, long longest) {
  /** No row: what a job takes before its data are known. */
  public static final Batch NONE = new Batch(0, 0, 0);

  /** Full rows of one document each: no micro-batch takes more. */
  public static Batch full(int rows, int maxLength) {
    return new Batch(
        (long) rows * maxLength,
        (long) rows * maxLength * maxLength,
        Math.min(rows, 1) * maxLength);
  }
}
