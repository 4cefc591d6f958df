package io.sftjob.trainer.checkpoint;

import java.nio.file.Path;

/** Where things are in a job's output folder. */
public record Output(Path root) {
  public Path owner() {
    return root.resolve("owner.json");
  }

  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  public Path checkpoint(long step) {
    return checkpoints().resolve("step-" + step);
  }

  public Path adapter() {
    return root.resolve("adapter");
  }
}
