package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.train.TrainCounts;
import java.util.Map;
import java.util.SortedMap;

/**
 * A checkpoint's {@code state.json}: what a resume needs besides the tensors.
 *
 * @param run the run that saved it, see {@link Owner}
 * @param identity see {@link TrainingIdentity}
 * @param data what the rows were made of
 * @param ledgers of {@code train} and {@code eval}, for the record
 * @param fill of the packed training rows, for the record
 * @param evaluations up to this step
 */
public record CheckpointState(
    TrainCounts counts,
    int attempt,
    String run,
    SortedMap<String, String> identity,
    Map<String, String> data,
    Map<String, Map<String, Long>> ledgers,
    double fill,
    Evaluations evaluations) {
  static final String FILE = "state.json";
}
