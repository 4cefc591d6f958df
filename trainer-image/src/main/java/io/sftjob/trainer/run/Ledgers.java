package io.sftjob.trainer.run;

import io.sftjob.api.v1alpha1.TokenLedger;
import java.util.Map;
import java.util.TreeMap;

/** The token ledger as counters of a checkpoint, where the API's types are not known. */
final class Ledgers {
  private Ledgers() {}

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
