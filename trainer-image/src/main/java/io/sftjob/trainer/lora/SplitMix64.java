package io.sftjob.trainer.lora;

/**
 * Steele, Lea and Flood's SplitMix64: a stream of numbers that is a function of its seed alone, the
 * same in every version of Java and PyTorch.
 */
public final class SplitMix64 {
  private long state;

  public SplitMix64(long seed) {
    this.state = seed;
  }

  /** One seed out of several numbers. */
  public static long seed(long first, long... more) {
    long seed = mix(first);
    for (long number : more) {
      seed = mix(seed + 0x9E3779B97F4A7C15L + number);
    }
    return seed;
  }

  public long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    return mix(state);
  }

  /** In [0, 1), 24 bits. */
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1.0p-24f;
  }

  /** In [0, 1), 53 bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** In [0, bound). */
  public int nextInt(int bound) {
    return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
