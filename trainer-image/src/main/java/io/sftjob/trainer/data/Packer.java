package io.sftjob.trainer.data;

import io.sftjob.trainer.source.RowOrigin;
import java.util.List;

/** Collects encoded rows, then packs them. Used by one thread. */
final class Packer {
  private final TokenStore tokens = new TokenStore();
  private final LedgerBuilder ledger = new LedgerBuilder();

  /** Whether the row has anything to train on; if not, it is dropped and counted. */
  boolean add(Encoded row, RowOrigin origin) {
    if (row.anyTarget()) {
      tokens.add(row);
      ledger.row(row.ids().length);
      return true;
    }
    drop(DropReason.NoTargets, row.ids().length, origin.toString());
    return false;
  }

  /**
   * @param tokens 0 if they are unknown
   */
  void drop(DropReason reason, long tokens, String example) {
    ledger.droppedRow(reason, tokens, example);
  }

  PackedSet pack(int maxLength, int window) {
    List<List<Fragment>> rows =
        BfdSplit.pack(tokens.lengths(), maxLength, window, this::hasTargets);
    int fragments = rows.stream().mapToInt(List::size).sum();
    long[] starts = new long[fragments];
    int[] lengths = new int[fragments];
    int[] rowBegins = new int[rows.size() + 1];
    int at = 0;
    for (int row = 0; row < rows.size(); row++) {
      for (Fragment fragment : rows.get(row)) {
        starts[at] = start(fragment);
        lengths[at] = fragment.length();
        ledger.packed(targets(fragment), fragment.length());
        at++;
      }
      rowBegins[row + 1] = at;
    }
    return new PackedSet(new PackedRows(tokens, starts, lengths, rowBegins), ledger.build());
  }

  private boolean hasTargets(Fragment fragment) {
    boolean any = targets(fragment) > 0;
    if (!any) {
      ledger.droppedFragment(DropReason.FragmentWithoutTargets, fragment.length());
    }
    return any;
  }

  private int targets(Fragment fragment) {
    return tokens.countTargets(start(fragment), fragment.length());
  }

  private long start(Fragment fragment) {
    return tokens.start(fragment.document()) + fragment.offset();
  }
}
