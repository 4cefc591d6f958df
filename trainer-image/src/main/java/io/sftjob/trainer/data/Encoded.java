package io.sftjob.trainer.data;

/**
 * A row's tokens before packing. {@code targets[0]} may be true; packing masks it.
 *
 * @param targets same length as {@code ids}
 */
record Encoded(int[] ids, boolean[] targets) {
  boolean anyTarget() {
    for (int i = 1; i < targets.length; i++) {
      if (targets[i]) {
        return true;
      }
    }
    return false;
  }
}
