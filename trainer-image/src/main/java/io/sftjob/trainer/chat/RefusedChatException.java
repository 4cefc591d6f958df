package io.sftjob.trainer.chat;

/** A conversation that a format can not say; the message is for the person who wrote it. */
public final class RefusedChatException extends Exception {
  private final Refusal reason;

  RefusedChatException(Refusal reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Refusal reason() {
    return reason;
  }
}
