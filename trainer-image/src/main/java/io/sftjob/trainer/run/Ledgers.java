package io.sftjob.trainer.run;

import io.sftjob.api.v1alpha1.TokenLedger;
import io.sftjob.trainer.data.Ledger;
import java.util.Map;
import java.util.TreeMap;

/** The token ledger in the words of data, of the API, and of a checkpoint. */
final class Ledgers {
  private Ledgers() {}

  static TokenLedger status(Ledger ledger) {
    return new TokenLedger(
        ledger.read(),
        ledger.targets(),
        ledger.masked(),
        ledger.dropped(),
        ledger.rows(),
        ledger.droppedRows());
  }

  static Map<String, Long> counters(TokenLedger ledger) {
    var counters = new TreeMap<String, Long>();
    counters.put("read", ledger.read());
    counters.put("targets", ledger.targets());
    counters.put("masked", ledger.masked());
    counters.put("dropped", ledger.dropped());
    counters.put("rows", ledger.rows());
    counters.put("droppedRows", ledger.droppedRows());
    return counters;
  }

  static TokenLedger of(Map<String, Long> counters) {
    return new TokenLedger(
        counters.get("read"),
        counters.get("targets"),
        counters.get("masked"),
        counters.get("dropped"),
        counters.get("rows"),
        counters.get("droppedRows"));
  }
}
