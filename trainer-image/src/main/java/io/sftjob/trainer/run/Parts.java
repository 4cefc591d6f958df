package io.sftjob.trainer.run;

import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.train.TrainState;
import io.sftjob.trainer.train.TrainingSession;
import java.time.LocalDateTime;
import java.util.Optional;

/** What data and compute make of a job; tests put others in their place. */
interface Parts extends AutoCloseable {
  /** Loads the weights; needed by {@link #session} alone. */
  void loadModel();

  /**
   * Reads, tokenizes and packs the data.
   *
   * @param templateTime what a chat template takes for now
   */
  PreparedData prepare(LocalDateTime templateTime);

  /** How this job's state is written. */
  TensorFiles tensorFiles();

  /** Begins to train, from the adapter's initialisation or where an earlier process stopped. */
  TrainingSession session(PreparedData data, Optional<TrainState> resume);

  @Override
  void close();
}
