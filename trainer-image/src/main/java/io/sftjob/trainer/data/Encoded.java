package io.sftjob.trainer.data;

/**
 * A row's tokens before packing. {@code targets[0]} may be true; packing masks it.
 *
 * @param targets same length as {@code ids}
 * @param characters of the row's text, where the packing asks for it
 */
record Encoded(int[] ids, boolean[] targets, int characters) {
  Encoded(int[] ids, boolean[] targets) {
    this(ids, targets, 0);
  }

  int length() {
    return ids.length;
  }

  boolean anyTarget() {
    return countTargets(1, targets.length) > 0;
  }

  /** Targets in a part. */
  int countTargets(int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += targets[i] ? 1 : 0;
    }
    return count;
  }
}
