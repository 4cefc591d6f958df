package io.sftjob.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.estimate.Batch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchesTest {
  @Test
  void boundsOfThreeRowsTwoAtATime() {
    var rows = List.of(new Batch(10, 52, 6), new Batch(8, 64, 8), new Batch(3, 9, 3));
    var batches = new Batches(rows, 2);
    assertThat(batches.largest()).isEqualTo(new Batch(18, 116, 8));
    // The longest may come alone at the end of an epoch.
    assertThat(batches.certain(true)).containsExactly(new Batch(11, 61, 3), new Batch(10, 52, 6));
    assertThat(batches.certain(false)).containsExactly(new Batch(11, 61, 3));
    assertThat(batches.tokens()).isEqualTo(21);
  }

  /** A job is refused for the certain one, so it must be below what some micro-batch takes. */
  @Property(tries = 200)
  void everyOrderHasAMicroBatchBetweenTheBounds(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 100) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 5) int batchSize,
      @ForAll long seed) {
    var rows = new ArrayList<>(lengths.stream().map(n -> new Batch(n, (long) n * n, n)).toList());
    var batches = new Batches(List.copyOf(rows), Math.min(batchSize, rows.size()));
    Collections.shuffle(rows, new Random(seed));
    // As BatchPlan: full ones, and what is left at the end of an epoch.
    long most = 0;
    for (int from = 0; from < rows.size(); from += batches.batchSize()) {
      int to = Math.min(rows.size(), from + batches.batchSize());
      long tokens = rows.subList(from, to).stream().mapToLong(Batch::tokens).sum();
      assertThat(tokens).isLessThanOrEqualTo(batches.largest().tokens());
      most = Math.max(most, tokens);
    }
    for (Batch certain : batches.certain(true)) {
      assertThat(most).isGreaterThanOrEqualTo(certain.tokens());
    }
  }
}
