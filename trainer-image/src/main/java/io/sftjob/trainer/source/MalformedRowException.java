package io.sftjob.trainer.source;

/** A row is none, while the rows around it can be read; the message goes on from its origin. */
public final class MalformedRowException extends Exception {
  public MalformedRowException(String message) {
    super(message);
  }
}
