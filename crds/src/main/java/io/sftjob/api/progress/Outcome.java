package io.sftjob.api.progress;

/** How a trainer's process ended; absent while it runs. */
public enum Outcome {
  Succeeded,
  Failed,
  /** Asked to stop, checkpoint saved: another pod goes on. */
  Preempted
}
