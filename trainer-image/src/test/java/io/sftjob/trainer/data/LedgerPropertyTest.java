package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.source.RowOrigin;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The ledger against a count by hand, whatever is packed. */
class LedgerPropertyTest {
  private static final RowOrigin ORIGIN = new RowOrigin("data.jsonl", RowOrigin.By.Line, 1);

  @Property(tries = 500)
  void everyTokenIsCountedOnce(
      @ForAll("documents") List<boolean[]> documents,
      @ForAll @IntRange(min = 1, max = 20) int maxLength,
      @ForAll @IntRange(min = 1, max = 5) int window,
      @ForAll @IntRange(min = 0, max = 3) int unreadable) {
    Packer packer = new Packer();
    List<Encoded> kept = new ArrayList<>();
    long tokens = 0;
    for (boolean[] targets : documents) {
      Encoded row = new Encoded(new int[targets.length], targets);
      tokens += targets.length;
      if (packer.add(row, ORIGIN)) {
        kept.add(row);
      }
    }
    for (int i = 0; i < unreadable; i++) {
      packer.drop(DropReason.Malformed, 0, "data.jsonl:" + i);
    }
    PackedSet packed = packer.pack(maxLength, window);
    Ledger ledger = packed.ledger();

    long inRows = 0;
    long targetsInRows = 0;
    for (PackedRow row : packed.rows()) {
      assertThat(row.length()).isBetween(1, maxLength);
      for (Document document : row.documents()) {
        inRows += document.length();
        for (boolean target : document.targets()) {
          targetsInRows += target ? 1 : 0;
        }
      }
    }
    assertThat(ledger.read()).isEqualTo(tokens);
    assertThat(ledger.targets())
        .isEqualTo(targetsInRows)
        .isEqualTo(expectedTargets(kept, maxLength));
    assertThat(ledger.targets() + ledger.masked()).isEqualTo(inRows);
    assertThat(ledger.read()).isEqualTo(ledger.targets() + ledger.masked() + ledger.dropped());
    assertThat(ledger.rows()).isEqualTo(documents.size() + unreadable);
    assertThat(ledger.droppedRows()).isEqualTo(documents.size() - kept.size() + unreadable);
    assertThat(ledger.drops().values().stream().mapToLong(Ledger.Drop::tokens).sum())
        .isEqualTo(ledger.dropped());
  }

  private static long expectedTargets(List<Encoded> rows, int maxLength) {
    long count = 0;
    for (Encoded row : rows) {
      for (int i = 0; i < row.targets().length; i++) {
        count += row.targets()[i] && i % maxLength != 0 ? 1 : 0;
      }
    }
    return count;
  }

  @Provide
  Arbitrary<List<boolean[]>> documents() {
    return Arbitraries.of(true, false)
        .array(boolean[].class)
        .ofMinSize(1)
        .ofMaxSize(70)
        .list()
        .ofMaxSize(25);
  }
}
