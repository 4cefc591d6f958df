package io.sftjob.trainer;

import io.sftjob.api.progress.ExitCode;

/**
 * A failure that a person can act on. The message names the file or field, what was found, what was
 * expected and the way out; the code decides whether another attempt can help.
 */
public class TrainerException extends RuntimeException {
  private final transient ExitCode code;

  public TrainerException(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  public TrainerException(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ExitCode code() {
    return code;
  }
}
