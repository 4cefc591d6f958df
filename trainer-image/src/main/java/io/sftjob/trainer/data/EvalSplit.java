package io.sftjob.trainer.data;

/** Which rows are kept for evaluation: a function of the seed and the row's place alone. */
final class EvalSplit {
  private EvalSplit() {}

  /**
   * @param row counted from 0, blank lines left out
   * @param fraction in [0, 1)
   */
  static boolean isEval(long seed, long row, double fraction) {
    long mixed = mix(mix(seed) ^ row);
    return (mixed >>> 11) * 0x1p-53 < fraction;
  }

  /** SplitMix64's finaliser over its golden-ratio step. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
