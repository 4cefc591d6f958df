package io.sftjob.trainer.run;

import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.train.TrainState;
import io.sftjob.trainer.train.TrainingSession;
import java.util.Optional;

/** What data and compute make of a job. A run calls each method once, in this order. */
interface Parts extends AutoCloseable {
  /** Loads tokenizer and weights. */
  void load();

  /** Reads, tokenizes and packs the data. */
  Prepared prepare();

  /** How this job's state is written. */
  TensorFiles tensorFiles();

  /** Begins to train, from the adapter's initialisation or where an earlier process stopped. */
  TrainingSession session(Prepared data, Optional<TrainState> resume);

  @Override
  void close();
}
