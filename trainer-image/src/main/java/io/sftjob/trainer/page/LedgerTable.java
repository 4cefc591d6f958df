package io.sftjob.trainer.page;

import io.sftjob.trainer.trail.LedgerFacts;
import java.util.List;

/**
 * A ledger as a table.
 *
 * @param rows in a sentence
 */
record LedgerTable(String name, String rows, List<Row> tokens, List<Reason> reasons) {
  /**
   * @param part of the tokens read
   */
  record Row(String name, String tokens, String part) {}

  record Reason(String reason, String count, String tokens, String examples) {}

  static LedgerTable of(LedgerFacts ledger) {
    long read = ledger.read();
    return new LedgerTable(
        ledger.name(),
        "%s rows read, %s of them dropped; packed into %s, %s full."
            .formatted(
                Numbers.whole(ledger.rows()),
                Numbers.whole(ledger.droppedRows()),
                Numbers.whole(ledger.packedRows()),
                Numbers.percent(ledger.fill())),
        List.of(
            row("Targets of the loss", ledger.targets(), read),
            row("Masked: context only", ledger.masked(), read),
            row("Dropped", ledger.dropped(), read),
            row("Read", read, read)),
        ledger.drops().stream()
            .map(
                drop ->
                    new Reason(
                        drop.reason(),
                        Numbers.whole(drop.count()),
                        Numbers.whole(drop.tokens()),
                        String.join("; ", drop.examples())))
            .toList());
  }

  private static Row row(String name, long tokens, long read) {
    return new Row(name, Numbers.whole(tokens), Numbers.percent((double) tokens / read));
  }
}
