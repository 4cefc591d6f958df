package io.sftjob.trainer.data;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where all tokens went. {@code read = targets + masked + dropped}, exactly. The tokens of a row
 * that could not be read are unknown and count as none; the row is counted.
 *
 * @param rows read, blank lines left out
 * @param droppedRows rows of which nothing is used
 */
public record Ledger(
    long rows,
    long droppedRows,
    long read,
    long targets,
    long masked,
    long dropped,
    Map<DropReason, Drop> drops) {

  public Ledger {
    drops = Collections.unmodifiableMap(new TreeMap<>(drops));
    if (read != targets + masked + dropped) {
      throw new IllegalStateException(
          "the token ledger does not close: %d read, %d targets, %d masked, %d dropped"
              .formatted(read, targets, masked, dropped));
    }
  }

  /**
   * What one reason took.
   *
   * @param count rows, or parts of rows
   * @param examples the first few, with where they stand
   */
  public record Drop(long count, long tokens, List<String> examples) {
    public Drop {
      examples = List.copyOf(examples);
    }
  }
}
