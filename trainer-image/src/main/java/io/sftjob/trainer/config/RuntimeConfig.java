package io.sftjob.trainer.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;

/**
 * What a run needs to know of the place where it runs, apart from the job itself. Flags go before
 * environment variables ({@code SFT_PORT}), these before the file, the file before the defaults.
 */
@ConfigMapping(prefix = "sft")
public interface RuntimeConfig {
  /** Where progress and metrics are served; 0 serves nothing. */
  @WithDefault("0")
  int port();

  /** Where claims are mounted: {@code pvc://c/p} is {@code <pvcRoot>/c/p}. */
  @WithDefault("/mnt/pvc")
  Path pvcRoot();

  Optional<String> podUid();

  Optional<String> podName();

  /** UID of the child Job. */
  Optional<String> jobUid();

  Optional<Path> terminationLog();

  /** Threads of computation; absent: as many as the machine has processors. */
  OptionalInt threads();

  /** {@code auto}, {@code cpu} or {@code cuda:N}. */
  @WithDefault("auto")
  String device();

  /** How long the process stays alive after SIGTERM to stop at the next layer and save. */
  @WithDefault("PT10M")
  Duration shutdownTimeout();

  @WithDefault("text")
  LogFormat logFormat();

  /** Sent to the MLflow server of the spec; never logged. */
  Optional<String> mlflowToken();

  /** A log line every so many steps. */
  @WithDefault("10")
  int logSteps();

  /** All settings in one line; those that are absent are left out. */
  default String line() {
    var line = new StringJoiner(", ");
    line.add("device " + device());
    threads().ifPresent(n -> line.add("threads " + n));
    line.add(port() == 0 ? "no port" : "port " + port());
    line.add("pvcRoot " + pvcRoot());
    terminationLog().ifPresent(file -> line.add("terminationLog " + file));
    podName().ifPresent(name -> line.add("pod " + name));
    podUid().ifPresent(uid -> line.add("podUid " + uid));
    jobUid().ifPresent(uid -> line.add("jobUid " + uid));
    line.add("shutdownTimeout " + shutdownTimeout());
    line.add("logFormat " + logFormat());
    line.add("logSteps " + logSteps());
    return line.toString();
  }

  /** How log lines look. */
  enum LogFormat {
    TEXT,
    JSON
  }
}
