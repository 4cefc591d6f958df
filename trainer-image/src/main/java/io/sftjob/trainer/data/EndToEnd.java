package io.sftjob.trainer.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Documents one after the other, cut into rows wherever these are full. A row is one document: only
 * its first token is no target.
 */
final class EndToEnd {
  private final int maxLength;
  private final Consumer<List<Fragment>> full;
  private List<Fragment> row = new ArrayList<>();
  private int length;

  EndToEnd(int maxLength, Consumer<List<Fragment>> full) {
    this.maxLength = maxLength;
    this.full = full;
  }

  void add(int document, long start, Encoded tokens) {
    for (int from = 0; from < tokens.length(); ) {
      int to = Math.min(tokens.length(), from + maxLength - length);
      int targets = tokens.countTargets(length == 0 ? from + 1 : from, to);
      row.add(new Fragment(document, start + from, to - from, targets));
      length += to - from;
      from = to;
      if (length == maxLength) {
        full.accept(takeRest());
      }
    }
  }

  /** The row that is not full, perhaps empty; the next document begins another. */
  List<Fragment> takeRest() {
    List<Fragment> rest = row;
    row = new ArrayList<>();
    length = 0;
    return rest;
  }

  /** Gives a row on, or leaves it if it has no target. */
  static void place(List<Fragment> row, Placement.Rows rows) {
    if (row.stream().anyMatch(fragment -> fragment.targets() > 0)) {
      rows.row(row);
    } else {
      leave(row, DropReason.FragmentWithoutTargets, rows);
    }
  }

  static void leave(List<Fragment> row, DropReason reason, Placement.Rows rows) {
    row.forEach(fragment -> rows.left(reason, fragment.document(), fragment.length()));
  }
}
