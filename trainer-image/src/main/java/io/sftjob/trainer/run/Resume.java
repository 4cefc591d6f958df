package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.checkpoint.CheckpointState;
import io.sftjob.trainer.checkpoint.Checkpoints;
import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.data.Fingerprint;
import io.sftjob.trainer.store.StorageFailure;
import io.sftjob.trainer.train.TrainState;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on from a checkpoint. */
final class Resume {
  private static final Logger LOG = LoggerFactory.getLogger(Resume.class);

  private Resume() {}

  static CheckpointState state(Checkpoints.Found checkpoint) {
    try {
      return checkpoint.state();
    } catch (IOException e) {
      throw StorageFailure.of("Reading " + checkpoint.folder(), e);
    }
  }

  /** Reads a checkpoint, if the rows are those that it was trained on. */
  static TrainState read(Checkpoints.Found checkpoint, Fingerprint data, TensorFiles files) {
    CheckpointState state = state(checkpoint);
    var differences = data.differencesFrom(Fingerprints.of(state.data()));
    if (!differences.isEmpty()) {
      throw new TrainerException(
          ExitCode.DataNotUsable,
          "The data is not what %s was trained on: %s. Restore it, or choose another spec.output.uri to start anew."
              .formatted(checkpoint.folder(), String.join("; ", differences)));
    }
    LOG.info("Going on from {}", checkpoint.folder());
    try {
      return files.read(checkpoint.folder(), state.counts());
    } catch (IOException e) {
      throw StorageFailure.of("Reading " + checkpoint.folder(), e);
    }
  }
}
