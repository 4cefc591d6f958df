package io.sftjob.api.v1alpha1;

/** Which tokens of a document are targets of the loss. */
public enum LossTarget {
  All,
  Completion,
  Assistant
}
