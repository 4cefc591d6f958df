package io.sftjob.trainer.run;

import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.train.TrainCounts;
import io.sftjob.trainer.train.TrainState;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A checkpoint's files, after the measurements of its steps: a run that goes on from the checkpoint
 * does not measure them again.
 */
record TrailedFiles(TensorFiles files, RunTrail trail) implements TensorFiles {
  @Override
  public void write(Path folder, TrainState state) throws IOException {
    trail.sync();
    files.write(folder, state);
  }

  @Override
  public TrainState read(Path folder, TrainCounts counts) throws IOException {
    return files.read(folder, counts);
  }
}
