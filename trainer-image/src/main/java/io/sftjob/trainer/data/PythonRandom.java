package io.sftjob.trainer.data;

import java.util.Collections;
import java.util.List;
import org.apache.commons.rng.core.source32.MersenneTwister;

/** Python's {@code random} after {@code random.seed(seed)}. */
final class PythonRandom {
  private final MersenneTwister twister;

  /**
   * @param seed not negative
   */
  PythonRandom(long seed) {
    int high = (int) (seed >>> 32);
    twister =
        new MersenneTwister(high == 0 ? new int[] {(int) seed} : new int[] {(int) seed, high});
  }

  /** {@code random.shuffle}. */
  void shuffle(List<?> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, below(i + 1));
    }
  }

  /** {@code _randbelow_with_getrandbits}. */
  private int below(int bound) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
    int drawn;
    do {
      drawn = twister.nextInt() >>> Integer.SIZE - bits;
    } while (drawn >= bound);
    return drawn;
  }
}
