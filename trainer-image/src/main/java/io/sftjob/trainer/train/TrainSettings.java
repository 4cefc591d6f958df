package io.sftjob.trainer.train;

import io.sftjob.api.v1alpha1.LossType;
import io.sftjob.api.v1alpha1.LrScheduler;

/**
 * The recipe.
 *
 * @param batchSize rows in a micro-batch
 * @param accumulation micro-batches in an optimizer step
 * @param gradientCheckpointing whether what the layers' linears gave is computed again on the way
 *     back, not kept
 * @param maxNonFinite steps in a row whose loss or gradient is not finite end the training
 * @param seed of order, dropout and the adapter's initialisation
 */
public record TrainSettings(
    Length length,
    Rate rate,
    Optimizer optimizer,
    Objective objective,
    int batchSize,
    int accumulation,
    boolean gradientCheckpointing,
    int maxNonFinite,
    long seed) {

  /** How long to train. */
  public sealed interface Length {
    /** Passes over the data; fractions end within one. */
    record Epochs(double epochs) implements Length {}

    record Steps(long steps) implements Length {}
  }

  /**
   * The learning rate.
   *
   * @param peak after warm-up
   * @param minimum of CosineWithMinLr and Polynomial
   * @param cycles of CosineWithRestarts
   * @param power of Polynomial
   */
  public record Rate(
      LrScheduler scheduler, double peak, Warmup warmup, double minimum, int cycles, double power) {
    public static Rate of(LrScheduler scheduler, double peak, Warmup warmup) {
      return new Rate(scheduler, peak, warmup, 0, 1, 1);
    }
  }

  /**
   * AdamW. Norms and biases are never decayed: adapters have none, and the modules that are trained
   * whole, embeddings and head, are weights, which PyTorch's and transformers' trainers decay too.
   *
   * @param maxGradNorm global L2 norm that gradients are clipped to; 0: not clipped
   */
  public record Optimizer(
      double beta1, double beta2, double epsilon, double weightDecay, double maxGradNorm) {
    /** With PyTorch's betas and epsilon. */
    public static Optimizer of(double weightDecay, double maxGradNorm) {
      return new Optimizer(0.9, 0.999, 1e-8, weightDecay, maxGradNorm);
    }
  }

  /**
   * What is minimised.
   *
   * @param neftuneAlpha of NEFTune's noise on the embeddings; 0: none
   */
  public record Objective(LossType loss, double neftuneAlpha) {
    public static final Objective NLL = new Objective(LossType.Nll, 0);
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
