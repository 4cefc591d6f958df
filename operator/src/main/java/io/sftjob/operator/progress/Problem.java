package io.sftjob.operator.progress;

/** Why a trainer's answer could not be used. */
public record Problem(Kind kind, String message) {

  /** In one word, as conditions and metrics show it. */
  public enum Kind {
    /** No connection to the pod. */
    Unreachable,
    TimedOut,
    /** Another HTTP status than 200. */
    Refused,
    TooLarge,
    /** Not a snapshot: broken JSON, wrong types, values out of range. */
    Malformed,
    /** A snapshot of another pod or Job. */
    Foreign,
    /** Older than what was already read. */
    WentBackwards
  }
}
