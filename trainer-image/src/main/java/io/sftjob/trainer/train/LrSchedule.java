package io.sftjob.trainer.train;

import io.sftjob.api.v1alpha1.LrScheduler;

/**
 * Learning rate by step, as transformers' {@code get_linear_schedule_with_warmup} and {@code
 * get_cosine_schedule_with_warmup} have it.
 *
 * @param peak after warm-up
 * @param warmup steps of linear rise from 0
 * @param total steps, warm-up included
 */
record LrSchedule(LrScheduler scheduler, double peak, long warmup, long total) {

  /**
   * @param step 0-based; with warm-up the first step's rate is 0
   */
  double at(long step) {
    if (step < warmup) {
      return peak * ((double) step / Math.max(1, warmup));
    }
    double rest = Math.max(1, total - warmup);
    return peak
        * switch (scheduler) {
          case Linear -> Math.max(0, (total - step) / rest);
          case Cosine -> Math.max(0, 0.5 * (1 + Math.cos(Math.PI * ((step - warmup) / rest))));
        };
  }
}
