package io.sftjob.operator.status;

/** The operator's own reasons; a failure's reason is the name of the trainer's exit code. */
public enum Reason {
  Creating,
  WaitingForOldPods,
  WaitingForPod,
  Unschedulable,
  Retrying,
  Failing,
  Queued,
  Admitted,
  Starting,
  Training,
  ProgressUnknown,
  ProgressReceived,
  Suspending,
  Suspended,
  Resumed,
  CheckpointSaved,
  NoCheckpoint,
  Succeeded,
  Invalid,
  NameTaken,
  ResultUnknown,
  OutOfMemory,
  OperatorError
}
