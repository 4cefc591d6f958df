package io.sftjob.trainer.train;

import io.sftjob.api.v1alpha1.ModelDtype;
import java.util.Optional;

/**
 * Dynamic loss scaling by the rule and the defaults of {@code torch.amp.GradScaler}. In float16 a
 * gradient below 6e-8 is 0, so the loss is multiplied by as much as the gradients bear: twice as
 * much after 2000 steps, half as much after one whose gradients overflowed, which changes nothing
 * else. Unlike there, it ends at 1: gradients that overflow without scaling are those of a training
 * that has diverged.
 *
 * @param scale a power of two
 * @param growthTracker steps in a row since the last change that were finite
 */
public record LossScale(double scale, int growthTracker) {
  static final LossScale INITIAL = new LossScale(65536, 0);
  static final int GROWTH_INTERVAL = 2000;
  private static final double GROWTH = 2;
  private static final double BACKOFF = 0.5;
  private static final double LEAST = 1;

  /** What a training in that dtype begins with; the range of the others is float32's. */
  static Optional<LossScale> initial(ModelDtype dtype) {
    return dtype == ModelDtype.Float16 ? Optional.of(INITIAL) : Optional.empty();
  }

  /** After a step whose gradients were finite. */
  LossScale afterFinite() {
    if (growthTracker + 1 < GROWTH_INTERVAL) {
      return new LossScale(scale, growthTracker + 1);
    }
    double grown = GROWTH * scale;
    // The original keeps it in float32.
    return new LossScale(grown <= Float.MAX_VALUE ? grown : scale, 0);
  }

  /** After a step whose gradients were not. */
  LossScale afterOverflow() {
    return new LossScale(Math.max(LEAST, BACKOFF * scale), 0);
  }

  /** Whether a smaller one can be tried. */
  boolean canFall() {
    return scale > LEAST;
  }
}
