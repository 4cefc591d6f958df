package io.sftjob.trainer.train;

import io.sftjob.api.v1alpha1.LrScheduler;

/**
 * The recipe.
 *
 * @param maxGradNorm global L2 norm that gradients are clipped to; 0: not clipped
 * @param batchSize rows in a micro-batch
 * @param accumulation micro-batches in an optimizer step
 * @param seed of order, dropout and the adapter's initialisation
 */
public record TrainSettings(
    Length length,
    double learningRate,
    LrScheduler scheduler,
    Warmup warmup,
    double weightDecay,
    double maxGradNorm,
    int batchSize,
    int accumulation,
    boolean gradientCheckpointing,
    long seed) {

  /** How long to train. */
  public sealed interface Length {
    /** Passes over the data; fractions end within one. */
    record Epochs(double epochs) implements Length {}

    record Steps(long steps) implements Length {}
  }

  /** How long the learning rate rises. */
  public sealed interface Warmup {
    /** Of all steps, rounded up. */
    record Ratio(double ratio) implements Warmup {}

    record Steps(long steps) implements Warmup {}

    /** As transformers' {@code get_warmup_steps}. */
    default long of(long totalSteps) {
      return switch (this) {
        case Ratio r -> (long) Math.ceil(totalSteps * r.ratio());
        case Steps s -> s.steps();
      };
    }
  }
}
