package io.sftjob.trainer.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A job's data, packed.
 *
 * @param train at least one row
 * @param eval may be empty
 * @param evalLedger of the rows of the evaluation file, or of those kept by evalFraction
 * @param preview the first two training rows as text, targets between {@value #TARGET_BEGIN} and
 *     {@value #TARGET_END}
 */
public record PreparedData(
    List<PackedRow> train,
    List<PackedRow> eval,
    Ledger trainLedger,
    Ledger evalLedger,
    Detection detection,
    List<String> preview,
    Fingerprint fingerprint) {

  public static final String TARGET_BEGIN = "⟦";
  public static final String TARGET_END = "⟧";

  public PreparedData {
    preview = List.copyOf(preview);
  }

  /** Both ledgers and all reasons, a line each, for the log. */
  public List<String> report() {
    List<String> lines = new ArrayList<>(report("train", trainLedger, train.size()));
    if (evalLedger.rows() > 0) {
      lines.addAll(report("eval", evalLedger, eval.size()));
    }
    return lines;
  }

  private static List<String> report(String name, Ledger ledger, int packedRows) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %,d tokens read = %,d targets + %,d masked + %,d dropped, in %,d rows (%,d dropped), packed into %,d",
            name,
            ledger.read(),
            ledger.targets(),
            ledger.masked(),
            ledger.dropped(),
            ledger.rows(),
            ledger.droppedRows(),
            packedRows));
    ledger
        .drops()
        .forEach(
            (reason, drop) ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "%s: dropped %,d (%,d tokens): %s%s",
                        name,
                        drop.count(),
                        drop.tokens(),
                        reason.description(),
                        drop.examples().isEmpty()
                            ? ""
                            : ": " + String.join("; ", drop.examples()))));
    return lines;
  }
}
