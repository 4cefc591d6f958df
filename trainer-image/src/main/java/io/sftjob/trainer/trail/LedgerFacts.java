package io.sftjob.trainer.trail;

import java.util.List;

/**
 * Where the tokens of a data set went: {@code read = targets + masked + dropped}.
 *
 * @param name train or eval
 * @param packedRows rows that the model sees
 */
public record LedgerFacts(
    String name,
    long rows,
    long droppedRows,
    long read,
    long targets,
    long masked,
    long dropped,
    long packedRows,
    double fill,
    List<Drop> drops) {

  /**
   * What one reason took.
   *
   * @param examples the first few, with where they stand
   */
  public record Drop(String reason, long count, long tokens, List<String> examples) {}

  public LedgerFacts {
    drops = List.copyOf(drops);
  }
}
