package io.sftjob.trainer.run;

import io.sftjob.api.v1alpha1.TokenDrop;
import io.sftjob.api.v1alpha1.TokenLedger;
import io.sftjob.trainer.checkpoint.CheckpointState;
import io.sftjob.trainer.data.Ledger;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.report.RunState.Data;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The token ledger in the words of data, of the API, and of a checkpoint. */
final class Ledgers {
  private static final String TRAIN = "train";
  private static final String EVAL = "eval";
  private static final String COUNT = ".count";
  private static final String TOKENS = ".tokens";

  private Ledgers() {}

  static Data data(PreparedData data) {
    return new Data(
        status(data.trainLedger()),
        data.evalLedger().rows() == 0 ? null : status(data.evalLedger()),
        data.fill());
  }

  /** As it stands in a checkpoint. */
  static Data data(CheckpointState state) {
    var eval = state.ledgers().get(EVAL);
    return new Data(of(state.ledgers().get(TRAIN)), eval == null ? null : of(eval), state.fill());
  }

  static Map<String, Map<String, Long>> counters(Data data) {
    return data.evaluation() == null
        ? Map.of(TRAIN, counters(data.training()))
        : Map.of(TRAIN, counters(data.training()), EVAL, counters(data.evaluation()));
  }

  private static TokenLedger status(Ledger ledger) {
    return new TokenLedger(
        ledger.read(),
        ledger.targets(),
        ledger.masked(),
        ledger.dropped(),
        ledger.rows(),
        ledger.droppedRows(),
        ledger.drops().entrySet().stream()
            .map(e -> new TokenDrop(e.getKey().name(), e.getValue().count(), e.getValue().tokens()))
            .toList());
  }

  private static Map<String, Long> counters(TokenLedger ledger) {
    var counters = new TreeMap<String, Long>();
    counters.put("read", ledger.read());
    counters.put("targets", ledger.targets());
    counters.put("masked", ledger.masked());
    counters.put("dropped", ledger.dropped());
    counters.put("rows", ledger.rows());
    counters.put("droppedRows", ledger.droppedRows());
    for (var drop : ledger.drops()) {
      counters.put(drop.reason() + COUNT, drop.count());
      counters.put(drop.reason() + TOKENS, drop.tokens());
    }
    return counters;
  }

  private static TokenLedger of(Map<String, Long> counters) {
    return new TokenLedger(
        counters.get("read"),
        counters.get("targets"),
        counters.get("masked"),
        counters.get("dropped"),
        counters.get("rows"),
        counters.get("droppedRows"),
        drops(counters));
  }

  private static List<TokenDrop> drops(Map<String, Long> counters) {
    return counters.keySet().stream()
        .filter(name -> name.endsWith(COUNT))
        .map(name -> name.substring(0, name.length() - COUNT.length()))
        .map(
            reason ->
                new TokenDrop(reason, counters.get(reason + COUNT), counters.get(reason + TOKENS)))
        .toList();
  }
}
