package io.sftjob.trainer.chat;

import java.util.Arrays;

/** Tokens one after the other, each a target or not. */
final class TokenRow {
  private int[] ids = new int[256];
  private boolean[] targets = new boolean[256];
  private int length;

  void add(int id, boolean target) {
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, 2 * length);
      targets = Arrays.copyOf(targets, 2 * length);
    }
    ids[length] = id;
    targets[length++] = target;
  }

  void add(int[] many, boolean target) {
    for (int id : many) {
      add(id, target);
    }
  }

  int[] ids() {
    return Arrays.copyOf(ids, length);
  }

  ChatTokens tokens() {
    return new ChatTokens(ids(), Arrays.copyOf(targets, length));
  }
}
