package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.train.TrainSettings.Length;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BatchPlanTest {

  @Property(tries = 200)
  void anEpochSeesEachRowOnceInWholeWindowsButTheLast(
      @ForAll @IntRange(min = 1, max = 60) int rows,
      @ForAll @IntRange(min = 1, max = 7) int batchSize,
      @ForAll @IntRange(min = 1, max = 5) int accumulation,
      @ForAll long seed,
      @ForAll @IntRange(max = 3) int epoch) {
    var plan = new BatchPlan(rows, batchSize, accumulation, seed);
    long perEpoch = plan.stepsPerEpoch();
    List<Integer> seen = new ArrayList<>();
    for (long step = epoch * perEpoch; step < (epoch + 1) * perEpoch; step++) {
      List<int[]> batches = plan.microBatches(step);
      int window = batches.stream().mapToInt(batch -> batch.length).sum();
      boolean last = step == (epoch + 1) * perEpoch - 1;
      assertThat(window).isBetween(1, batchSize * accumulation);
      assertThat(last || window == batchSize * accumulation).isTrue();
      assertThat(batches.subList(0, batches.size() - 1))
          .allMatch(batch -> batch.length == batchSize);
      batches.forEach(batch -> IntStream.of(batch).forEach(seen::add));
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(IntStream.range(0, rows).boxed().toList());
  }

  @Property(tries = 50)
  void aStepIsAFunctionOfSeedAndStepAlone(@ForAll long seed, @ForAll @IntRange(max = 40) int step) {
    var walked = new BatchPlan(20, 2, 2, seed);
    for (int before = 0; before < step; before++) {
      walked.microBatches(before);
    }
    assertThat(walked.microBatches(step))
        .usingRecursiveComparison()
        .isEqualTo(new BatchPlan(20, 2, 2, seed).microBatches(step));
  }

  @Example
  void epochsAndSeedsHaveOrdersOfTheirOwn() {
    var plan = new BatchPlan(100, 100, 1, 42);
    int[] first = plan.microBatches(0).getFirst();
    assertThat(plan.microBatches(1).getFirst()).isNotEqualTo(first);
    assertThat(new BatchPlan(100, 100, 1, 43).microBatches(0).getFirst()).isNotEqualTo(first);
    // The published order: a change would break the resume of runs that have begun.
    assertThat(new BatchPlan(8, 8, 1, 42).microBatches(0).getFirst())
        .containsExactly(5, 1, 3, 7, 2, 0, 6, 4);
  }

  /** transformers: ceil(epochs · ceil(ceil(rows / batch) / accumulation)). */
  @Example
  void countsStepsAsTransformersDoes() {
    var plan = new BatchPlan(10, 4, 2, 0);
    assertThat(plan.stepsPerEpoch()).isEqualTo(2);
    assertThat(plan.totalSteps(new Length.Epochs(1))).isEqualTo(2);
    assertThat(plan.totalSteps(new Length.Epochs(0.3))).isEqualTo(1);
    assertThat(plan.totalSteps(new Length.Epochs(2.75))).isEqualTo(6);
    assertThat(plan.totalSteps(new Length.Steps(17))).isEqualTo(17);
    assertThat(plan.epoch(3)).isEqualTo(1.5);
  }
}
