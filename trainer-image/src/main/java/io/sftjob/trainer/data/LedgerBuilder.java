package io.sftjob.trainer.data;

import io.sftjob.trainer.data.Ledger.Drop;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts while rows are read and packed. Used by one thread. */
final class LedgerBuilder {
  private static final int EXAMPLES = 3;

  private final Map<DropReason, Drop> drops = new EnumMap<>(DropReason.class);
  private long rows;
  private long droppedRows;
  private long read;
  private long targets;
  private long masked;
  private long dropped;

  /** A row whose tokens go to the packer. */
  void row(long tokens) {
    rows++;
    read += tokens;
  }

  /** A row that is not used. */
  void droppedRow(DropReason reason, long tokens, String example) {
    rows++;
    droppedRows++;
    read += tokens;
    drop(reason, tokens, example);
  }

  /** A fragment of a row that {@link #row} counted. */
  void droppedFragment(DropReason reason, long tokens) {
    drop(reason, tokens, null);
  }

  void packed(long fragmentTargets, long fragmentTokens) {
    targets += fragmentTargets;
    masked += fragmentTokens - fragmentTargets;
  }

  private void drop(DropReason reason, long tokens, String example) {
    dropped += tokens;
    Drop before = drops.getOrDefault(reason, new Drop(0, 0, List.of()));
    List<String> examples = new ArrayList<>(before.examples());
    if (example != null && examples.size() < EXAMPLES) {
      examples.add(example);
    }
    drops.put(reason, new Drop(before.count() + 1, before.tokens() + tokens, examples));
  }

  Ledger build() {
    return new Ledger(rows, droppedRows, read, targets, masked, dropped, drops);
  }
}
