package io.sftjob.api.v1alpha1;

/** The state of a job, derived from its conditions. */
public enum JobState {
  Pending,
  Queued,
  Starting,
  Running,
  Suspended,
  Succeeded,
  Failed
}
