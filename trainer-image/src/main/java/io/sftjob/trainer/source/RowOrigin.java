package io.sftjob.trainer.source;

/**
 * Where a row stands, for people.
 *
 * @param file its name within the data set
 * @param by what the number counts
 * @param number of the row, or of the line it begins on; from 1
 */
public record RowOrigin(String file, By by, long number) {
  /** What a file's rows are counted by. */
  public enum By {
    Line,
    Row
  }

  /** {@code train.jsonl:12} or {@code train.parquet row 12}. */
  @Override
  public String toString() {
    return file + (by == By.Line ? ":" : " row ") + number;
  }
}
