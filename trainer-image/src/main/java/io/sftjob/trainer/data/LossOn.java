package io.sftjob.trainer.data;

/** Which tokens of a document are targets of the loss. The names are the spec's. */
public enum LossOn {
  All,
  Completion,
  Assistant
}
