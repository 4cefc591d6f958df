package io.sftjob.api.progress;

/** The phases of a trainer's run, in order. */
public enum Phase {
  Resolve,
  Load,
  Prepare,
  Train,
  Save,
  Done
}
