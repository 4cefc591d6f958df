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

  /** Tokens and targets, so that the next process need not tokenize again. */
  public Path prepared() {
    return root.resolve("prepared.safetensors");
  }

  public Path adapter() {
    return root.resolve("adapter");
  }

  /** A line for each log step and evaluation. */
  public Path metrics() {
    return root.resolve("metrics.jsonl");
  }

  /** Event files. */
  public Path tensorboard() {
    return root.resolve("tensorboard");
  }

  public Path report() {
    return root.resolve("report.html");
  }
}
