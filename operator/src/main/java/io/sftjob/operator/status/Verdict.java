package io.sftjob.operator.status;

import io.sftjob.api.v1alpha1.JobState;

/**
 * The state of a job and why; all conditions follow from it.
 *
 * @param busy true while the operator has work to do before the trainer can start
 */
record Verdict(JobState state, Cause cause, boolean busy) {

  static Verdict of(JobState state, Reason reason, String message) {
    return new Verdict(state, Cause.of(reason, message), false);
  }

  static Verdict busy(JobState state, Reason reason, String message) {
    return new Verdict(state, Cause.of(reason, message), true);
  }

  static Verdict failed(Cause cause) {
    return new Verdict(JobState.Failed, cause, false);
  }

  boolean terminal() {
    return state == JobState.Succeeded || state == JobState.Failed;
  }
}
