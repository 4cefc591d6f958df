package io.sftjob.operator.status;

/**
 * Why something is as it is.
 *
 * @param reason one CamelCase word
 * @param message for people
 */
public record Cause(String reason, String message) {

  static Cause of(Reason reason, String message) {
    return new Cause(reason.name(), message);
  }
}
