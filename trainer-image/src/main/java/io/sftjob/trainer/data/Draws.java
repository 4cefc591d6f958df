package io.sftjob.trainer.data;

/** Chance by the seed and a row's place alone: the same in every run. */
final class Draws {
  private static final long WEIGHT = 0x5deece66dL;

  private Draws() {}

  /**
   * In [0, 1): below dataset.evalFraction, the row is kept for evaluation.
   *
   * @param row counted from 0 over the data set
   */
  static double eval(long seed, long row) {
    return draw(seed, row);
  }

  /** In [0, 1): below a source's weight, the row is used. */
  static double weight(long seed, long row) {
    return draw(seed ^ WEIGHT, row);
  }

  private static double draw(long seed, long row) {
    return (mix(mix(seed) ^ row) >>> 11) * 0x1p-53;
  }

  /** SplitMix64's finaliser over its golden-ratio step. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
