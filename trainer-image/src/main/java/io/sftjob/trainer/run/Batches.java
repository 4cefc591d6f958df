package io.sftjob.trainer.run;

import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.estimate.Batch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * What micro-batches of packed rows compute, in whatever order the rows come.
 *
 * @param batchSize rows in one, not more than there are
 */
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

  /** No micro-batch is larger. */
  Batch largest() {
    int others = rows.size() - batchSize;
    return new Batch(
        ascending(Batch::tokens).skip(others).sum(),
        ascending(Batch::squares).skip(others).sum(),
        rows.stream().mapToLong(Batch::longest).max().orElse(0));
  }

  /**
   * For each of these there is a micro-batch that is at least so large.
   *
   * @param all whether every row comes up: then the longest does, if only in the last micro-batch
   *     of an epoch, which may have fewer rows
   */
  List<Batch> certain(boolean all) {
    var least = rows.stream().mapToLong(Batch::longest).min().orElse(0);
    var any =
        new Batch(smallest(Batch::tokens, batchSize), smallest(Batch::squares, batchSize), least);
    if (!all || rows.isEmpty()) {
      return List.of(any);
    }
    int left = rows.size() % batchSize;
    int others = (left == 0 ? batchSize : left) - 1;
    Batch longest = rows.stream().max(Comparator.comparingLong(Batch::tokens)).get();
    return List.of(
        any,
        new Batch(
            longest.tokens() + smallest(Batch::tokens, others),
            longest.squares() + smallest(Batch::squares, others),
            longest.longest()));
  }

  private long smallest(ToLongFunction<Batch> size, int count) {
    return ascending(size).limit(count).sum();
  }

  private LongStream ascending(ToLongFunction<Batch> size) {
    return rows.stream().mapToLong(size).sorted();
  }
}
