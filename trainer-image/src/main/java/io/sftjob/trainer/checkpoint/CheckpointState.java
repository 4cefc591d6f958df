package io.sftjob.trainer.checkpoint;

import java.util.Map;
import java.util.SortedMap;

/**
 * A checkpoint's {@code state.json}: what a resume needs besides the tensors.
 *
 * @param run the run that saved it, see {@link Owner}
 * @param identity see {@link TrainingIdentity}
 * @param data what the rows were made of
 * @param counters the token ledger, for the record
 * @param evaluations up to this step
 */
public record CheckpointState(
    long step,
    long tokensSeen,
    int attempt,
    String run,
    SortedMap<String, String> identity,
    Map<String, String> data,
    Map<String, Long> counters,
    Evaluations evaluations) {
  static final String FILE = "state.json";
}
