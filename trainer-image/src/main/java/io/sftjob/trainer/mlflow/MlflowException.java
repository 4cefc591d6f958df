package io.sftjob.trainer.mlflow;

import java.io.IOException;

/** A server did not do what it was asked for. */
final class MlflowException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * @param status of HTTP; 0: there was no answer, or none that makes sense
   */
  MlflowException(String message, int status, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  boolean isNotFound() {
    return status == 404;
  }

  /** Whether the same request will be refused again. */
  boolean isFinal() {
    return status >= 400 && status < 500 && status != 408 && status != 429;
  }
}
