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
 * @param firstRows the first two training rows
 * @param maxLength tokens that a row has room for
 */
public record PreparedData(
    List<PackedRow> train,
    List<PackedRow> eval,
    Ledger trainLedger,
    Ledger evalLedger,
    Detection detection,
    List<Preview> firstRows,
    Fingerprint fingerprint,
    int maxLength) {

  public static final String TARGET_BEGIN = "⟦";
  public static final String TARGET_END = "⟧";

  public PreparedData {
    firstRows = List.copyOf(firstRows);
  }

  /** The first rows as text, targets between {@value #TARGET_BEGIN} and {@value #TARGET_END}. */
  public List<String> preview() {
    return firstRows.stream().map(Preview::text).toList();
  }

  /**
   * The part of the training rows' room that holds tokens (TRL's packing efficiency). The rest is
   * padding where rows are padded; the trainer computes none.
   */
  public double fill() {
    return fill(trainLedger, train.size());
  }

  private double fill(Ledger ledger, int packedRows) {
    return (double) (ledger.targets() + ledger.masked()) / ((long) packedRows * maxLength);
  }

  /** Both ledgers and all reasons, a line each, for the log. */
  public List<String> report() {
    List<String> lines = new ArrayList<>(report("train", trainLedger, train.size()));
    if (evalLedger.rows() > 0) {
      lines.addAll(report("eval", evalLedger, eval.size()));
    }
    return lines;
  }

  private List<String> report(String name, Ledger ledger, int packedRows) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %,d tokens read = %,d targets + %,d masked + %,d dropped, in %,d rows (%,d dropped), packed into %,d rows%s",
            name,
            ledger.read(),
            ledger.targets(),
            ledger.masked(),
            ledger.dropped(),
            ledger.rows(),
            ledger.droppedRows(),
            packedRows,
            packedRows == 0
                ? ""
                : String.format(
                    Locale.ROOT,
                    " of %,d tokens, %.1f %% full",
                    maxLength,
                    100 * fill(ledger, packedRows))));
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
