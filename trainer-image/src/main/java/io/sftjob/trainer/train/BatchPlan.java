package io.sftjob.trainer.train;

import io.sftjob.trainer.lora.SplitMix64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which rows a step sees, as a function of the step alone: each epoch is a permutation that follows
 * from seed and epoch, cut into micro-batches and these into windows of one step. The last of each
 * may be smaller; no row is left out.
 */
final class BatchPlan {
  private final int rows;
  private final int batchSize;
  private final int accumulation;
  private final long seed;
  private long shuffledEpoch = -1;
  private int[] order;

  BatchPlan(int rows, int batchSize, int accumulation, long seed) {
    if (rows < 1 || batchSize < 1 || accumulation < 1) {
      throw new IllegalArgumentException(
          "%d rows in batches of %d × %d".formatted(rows, batchSize, accumulation));
    }
    this.rows = rows;
    this.batchSize = batchSize;
    this.accumulation = accumulation;
    this.seed = seed;
  }

  long stepsPerEpoch() {
    return ceil(ceil(rows, batchSize), accumulation);
  }

  /** Steps of a whole run, as transformers counts them. */
  long totalSteps(TrainSettings.Length length) {
    return switch (length) {
      case TrainSettings.Length.Epochs e -> (long) Math.ceil(e.epochs() * stepsPerEpoch());
      case TrainSettings.Length.Steps s -> s.steps();
    };
  }

  /** Passes over the data when that many steps are done. */
  double epoch(long stepsDone) {
    return (double) stepsDone / stepsPerEpoch();
  }

  /**
   * @param step 0-based
   * @return the micro-batches, each the numbers of its rows
   */
  List<int[]> microBatches(long step) {
    int[] permutation = order(step / stepsPerEpoch());
    long window = (long) batchSize * accumulation;
    long from = step % stepsPerEpoch() * window;
    int to = (int) Math.min(rows, from + window);
    var batches = new ArrayList<int[]>();
    for (int start = (int) from; start < to; start += batchSize) {
      batches.add(Arrays.copyOfRange(permutation, start, Math.min(to, start + batchSize)));
    }
    return batches;
  }

  private int[] order(long epoch) {
    if (epoch != shuffledEpoch) {
      order = shuffled(new SplitMix64(SplitMix64.seed(seed, epoch)));
      shuffledEpoch = epoch;
    }
    return order;
  }

  /** Fisher and Yates. */
  private int[] shuffled(SplitMix64 random) {
    int[] permutation = new int[rows];
    for (int i = 0; i < rows; i++) {
      int other = random.nextInt(i + 1);
      permutation[i] = permutation[other];
      permutation[other] = i;
    }
    return permutation;
  }

  private static long ceil(long value, long divisor) {
    return (value + divisor - 1) / divisor;
  }
}
