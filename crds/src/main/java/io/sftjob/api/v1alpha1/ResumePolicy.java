package io.sftjob.api.v1alpha1;

/** Whether a run goes on from checkpoints that it finds. A retry of the same job always does. */
public enum ResumePolicy {
  Auto,
  Never
}
