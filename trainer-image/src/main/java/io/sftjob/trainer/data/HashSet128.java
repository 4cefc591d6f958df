package io.sftjob.trainer.data;

/** A set of 128-bit hashes without an object for each: open addressing, at most half full. */
final class HashSet128 {
  /** Pairs; a pair of zeros is a free place. */
  private long[] table = new long[1 << 11];

  private int size;

  /** Whether it was not in it yet. */
  boolean add(long high, long low) {
    // A hash of zeros shares its place with that of a one: two in 2^128.
    long filled = high == 0 && low == 0 ? 1 : low;
    if (4L * size >= table.length) {
      grow();
    }
    int at = find(high, filled);
    if (isFilled(at)) {
      return false;
    }
    table[at] = high;
    table[at + 1] = filled;
    size++;
    return true;
  }

  private boolean isFilled(int at) {
    return table[at] != 0 || table[at + 1] != 0;
  }

  /** Where it is, or would be. */
  private int find(long high, long low) {
    int mask = table.length - 1;
    int at = (int) (high << 1) & mask;
    while (isFilled(at) && (table[at] != high || table[at + 1] != low)) {
      at = (at + 2) & mask;
    }
    return at;
  }

  private void grow() {
    long[] old = table;
    table = new long[Math.multiplyExact(2, old.length)];
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0 || old[i + 1] != 0) {
        int at = find(old[i], old[i + 1]);
        table[at] = old[i];
        table[at + 1] = old[i + 1];
      }
    }
  }
}
