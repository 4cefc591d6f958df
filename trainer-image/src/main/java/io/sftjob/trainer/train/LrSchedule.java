package io.sftjob.trainer.train;

/**
 * Learning rate by step, as transformers' {@code optimization.py} has it.
 *
 * @param warmup steps of linear rise from 0
 * @param total steps, warm-up included
 */
record LrSchedule(TrainSettings.Rate rate, long warmup, long total) {

  /** Of a run with that many steps. */
  static LrSchedule of(TrainSettings.Rate rate, long total) {
    return new LrSchedule(rate, rate.warmup().of(total), total);
  }

  /**
   * @param step 0-based; with warm-up the first step's rate is 0
   */
  double at(long step) {
    double peak = rate.peak();
    if (step < warmup) {
      return peak * ((double) step / Math.max(1, warmup));
    }
    double done = (double) (step - warmup) / Math.max(1, total - warmup);
    return switch (rate.scheduler()) {
      case Linear -> peak * Math.max(0, (total - step) / (double) Math.max(1, total - warmup));
      case Cosine -> peak * wave(done);
      case CosineWithMinLr -> {
        double least = rate.minimum() / peak;
        yield peak * (wave(done) * (1 - least) + least);
      }
      case CosineWithRestarts -> done >= 1 ? 0 : peak * wave(rate.cycles() * done % 1);
      case Constant, ConstantWithWarmup -> peak;
      case Polynomial ->
          step >= total
              ? rate.minimum()
              : (peak - rate.minimum()) * Math.pow(1 - done, rate.power()) + rate.minimum();
      case InverseSqrt -> peak / Math.sqrt(inverseTime(step));
    };
  }

  /** From 1 at 0 to 0 at 1. */
  private static double wave(double done) {
    return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * done)));
  }

  /** The time scale is the warm-up, and 10,000 steps where there is none. */
  private double inverseTime(long step) {
    double scale = warmup == 0 ? 10_000 : warmup;
    return (step + scale - warmup) / scale;
  }
}
