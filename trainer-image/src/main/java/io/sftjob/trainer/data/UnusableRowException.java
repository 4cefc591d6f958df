package io.sftjob.trainer.data;

/** A row that can not be used; the message is for the person who wrote it. */
public final class UnusableRowException extends Exception {
  private final DropReason reason;

  UnusableRowException(DropReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public DropReason reason() {
    return reason;
  }
}
