package io.sftjob.trainer.run;

import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.estimate.Batch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What micro-batches of packed rows compute. */
record Batches(List<Batch> rows, int batchSize) {

  static Batches of(List<PackedRow> rows, int batchSize) {
    return new Batches(rows.stream().map(Batches::row).toList(), Math.min(batchSize, rows.size()));
  }

  private static Batch row(PackedRow row) {
    long[] lengths = row.documents().stream().mapToLong(Document::length).toArray();
    return new Batch(
        Arrays.stream(lengths).sum(),
        Arrays.stream(lengths).map(n -> n * n).sum(),
        Arrays.stream(lengths).max().orElse(0));
  }

  /** Of all rows. */
  long tokens() {
    return rows.stream().mapToLong(Batch::tokens).sum();
  }

  /** No micro-batch of any order is larger. */
  Batch largest() {
    return new Batch(
        rows.stream()
            .map(Batch::tokens)
            .sorted(Comparator.reverseOrder())
            .limit(batchSize)
            .reduce(0L, Long::sum),
        rows.stream()
            .map(Batch::squares)
            .sorted(Comparator.reverseOrder())
            .limit(batchSize)
            .reduce(0L, Long::sum),
        rows.stream().mapToLong(Batch::longest).max().orElse(0));
  }

  /** In any order, if every row comes up, one is at least so large: the longest row's. */
  Batch certain() {
    var longest = rows.stream().max(Comparator.comparingLong(Batch::tokens)).orElse(Batch.NONE);
    return new Batch(
        longest.tokens()
            + rows.stream().mapToLong(Batch::tokens).sorted().limit(batchSize - 1).sum(),
        longest.squares()
            + rows.stream().mapToLong(Batch::squares).sorted().limit(batchSize - 1).sum(),
        longest.longest());
  }
}
