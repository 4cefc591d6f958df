package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.checkpoint.CheckpointState;
import io.sftjob.trainer.checkpoint.Checkpoints;
import io.sftjob.trainer.checkpoint.TensorFiles;
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

  static TrainState read(Checkpoints.Found checkpoint, String dataSha256, TensorFiles files) {
    CheckpointState state = state(checkpoint);
    try {
      if (!state.dataSha256().equals(dataSha256)) {
        throw new TrainerException(
            ExitCode.DataNotUsable,
            "The data is not what %s was trained on: its rows have SHA-256 %s, now they have %s. Restore the file, or choose another spec.output.uri to start anew."
                .formatted(checkpoint.folder(), state.dataSha256(), dataSha256));
      }
      LOG.info("Going on from {}", checkpoint.folder());
      return files.read(checkpoint.folder(), state.step(), state.tokensSeen());
    } catch (IOException e) {
      throw StorageFailure.of("Reading " + checkpoint.folder(), e);
    }
  }
}
