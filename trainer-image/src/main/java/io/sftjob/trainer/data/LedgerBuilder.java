package io.sftjob.trainer.data;

import io.sftjob.trainer.data.Ledger.Drop;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

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
    drop(reason, tokens, () -> example);
  }

  /** A part of a row that {@link #row} counted. */
  void droppedPart(DropReason reason, long tokens, Supplier<String> example) {
    drop(reason, tokens, example);
  }

  /** So many of the rows that {@link #row} counted are in no packed row. */
  void unused(long count) {
    droppedRows += count;
  }

  void packed(long fragmentTargets, long fragmentTokens) {
    targets += fragmentTargets;
    masked += fragmentTokens - fragmentTargets;
  }

  private void drop(DropReason reason, long tokens, Supplier<String> example) {
    dropped += tokens;
    Drop before = drops.getOrDefault(reason, new Drop(0, 0, List.of()));
    List<String> examples = new ArrayList<>(before.examples());
    if (examples.size() < EXAMPLES) {
      examples.add(example.get());
    }
    drops.put(reason, new Drop(before.count() + 1, before.tokens() + tokens, examples));
  }

  Ledger build() {
    return new Ledger(rows, droppedRows, read, targets, masked, dropped, drops);
  }
}
