package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.batch.v1.Job;

/** What is to be done for a job now: at most one thing. */
sealed interface Action {

  /** Nothing but to look. */
  record Watch() implements Action {}

  /** Start an execution. */
  record Create(int execution) implements Action {}

  /** Stop the current execution; its trainer saves a checkpoint. */
  record Delete(Job job) implements Action {}

  /** The spec can not run here. */
  record Refuse(String message) implements Action {}
}
