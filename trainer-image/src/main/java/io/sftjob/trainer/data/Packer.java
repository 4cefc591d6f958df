package io.sftjob.trainer.data;

import io.sftjob.trainer.source.RowOrigin;
import java.util.BitSet;
import java.util.List;

/** Puts encoded rows into packed rows as they come, and counts. Used by one thread. */
final class Packer {
  private final Packing packing;
  private final TokenWriter writer;
  private final Origins origins;
  private final Placement placement;
  private final LedgerBuilder ledger = new LedgerBuilder();
  private final RowIndex.Builder rows = new RowIndex.Builder();
  private final LongList documentOrigins = new LongList();
  private final BitSet used = new BitSet();

  /** Packed rows and where their tokens came from. */
  record Packed(PackedRows rows, Ledger ledger) {}

  /**
   * @param writer gets the tokens; may be shared
   * @param origins likewise
   */
  Packer(Packing packing, long seed, TokenWriter writer, Origins origins) {
    this.packing = packing;
    this.writer = writer;
    this.origins = origins;
    this.placement = Placement.of(packing, seed, new Counting());
  }

  /** Whether the row has anything to train on; if not, it is dropped and counted. */
  boolean add(Encoded row, RowOrigin origin) {
    if (!row.anyTarget()) {
      drop(DropReason.NoTargets, row.length(), origin.toString());
      return false;
    }
    ledger.row(row.length());
    int document = documentOrigins.size();
    documentOrigins.add(origins.number(origin));
    placement.add(document, writer.add(row), row);
    return true;
  }

  /**
   * @param tokens 0 if they are unknown
   */
  void drop(DropReason reason, long tokens, String example) {
    ledger.droppedRow(reason, tokens, example);
  }

  /** To be called once, behind the last row. */
  Packed pack() {
    placement.end();
    ledger.unused(documentOrigins.size() - used.cardinality());
    return new Packed(
        new PackedRows(writer.tokens(), rows.build(), origins, packing.keepsApart()),
        ledger.build());
  }

  private final class Counting implements Placement.Rows {
    @Override
    public void row(List<Fragment> fragments) {
      for (Fragment fragment : fragments) {
        rows.part(fragment.start(), fragment.length(), documentOrigins.get(fragment.document()));
        ledger.packed(fragment.targets(), fragment.length());
        used.set(fragment.document());
      }
      rows.endRow();
    }

    @Override
    public void left(DropReason reason, int document, int tokens) {
      ledger.droppedPart(
          reason, tokens, () -> origins.of(documentOrigins.get(document)).toString());
    }
  }
}
