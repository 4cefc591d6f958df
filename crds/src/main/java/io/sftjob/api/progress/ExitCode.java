package io.sftjob.api.progress;

import java.util.Arrays;
import java.util.Optional;

/** The trainer's exit codes. The child Job's podFailurePolicy and the status reasons use them. */
public enum ExitCode {
  Done(0, false),
  InvalidSpec(10, true),
  ModelNotUsable(11, true),
  DataNotUsable(12, true),
  StorageRefused(13, true),
  OutOfMemory(20, false),
  StorageUnavailable(21, false),
  NonFiniteLoss(22, false),
  Internal(70, false),
  Preempted(75, false);

  private final int code;
  private final boolean permanent;

  ExitCode(int code, boolean permanent) {
    this.code = code;
    this.permanent = permanent;
  }

  public int code() {
    return code;
  }

  /** True where a retry can not help: the Job fails at once. */
  public boolean permanent() {
    return permanent;
  }

  /** The entry with that code, or empty for codes that are not ours (signals, the JVM). */
  public static Optional<ExitCode> of(int code) {
    return Arrays.stream(values()).filter(e -> e.code == code).findFirst();
  }
}
