package io.sftjob.trainer.estimate;

/**
 * What glibc's malloc does with freed memory. Blocks up to 32 MiB (DEFAULT_MMAP_THRESHOLD_MAX,
 * which the threshold grows to as blocks are freed, mallopt(3)) stay with the process and are used
 * again for blocks that fit; larger ones go back at once.
 */
final class Malloc {
  private static final long THRESHOLD = 32L << 20;

  private Malloc() {}

  static boolean givesBack(long block) {
    return block >= THRESHOLD;
  }
}
