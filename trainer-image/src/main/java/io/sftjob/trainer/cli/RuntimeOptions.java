package io.sftjob.trainer.cli;

import io.sftjob.trainer.config.ConfigLoader;
import io.sftjob.trainer.config.RuntimeConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The runtime settings as flags; each is also an environment variable and a key of the file. */
final class RuntimeOptions {
  private final Map<String, String> flags = new TreeMap<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Runtime settings in YAML, under the key sft. Variables and flags go before it.")
  private Path file;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Serve /v1/progress, /metrics and /healthz; 0 serves nothing (SFT_PORT).")
  void port(String value) {
    flags.put("sft.port", value);
  }

  @Option(
      names = "--pvc-root",
      paramLabel = "DIR",
      description = "Where claims are mounted (SFT_PVC_ROOT).")
  void pvcRoot(String value) {
    flags.put("sft.pvc-root", value);
  }

  @Option(
      names = "--termination-log",
      paramLabel = "FILE",
      description = "Write the newest progress there (SFT_TERMINATION_LOG).")
  void terminationLog(String value) {
    flags.put("sft.termination-log", value);
  }

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of computation (SFT_THREADS).")
  void threads(String value) {
    flags.put("sft.threads", value);
  }

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "auto, cpu or cuda:N (SFT_DEVICE).")
  void device(String value) {
    flags.put("sft.device", value);
  }

  @Option(
      names = "--shutdown-timeout",
      paramLabel = "DURATION",
      description = "Longest wait for the last checkpoint after SIGTERM (SFT_SHUTDOWN_TIMEOUT).")
  void shutdownTimeout(String value) {
    flags.put("sft.shutdown-timeout", value);
  }

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "text or json (SFT_LOG_FORMAT).")
  void logFormat(String value) {
    flags.put("sft.log-format", value);
  }

  @Option(
      names = "--log-steps",
      paramLabel = "N",
      description = "A log line every N steps (SFT_LOG_STEPS).")
  void logSteps(String value) {
    flags.put("sft.log-steps", value);
  }

  RuntimeConfig load() {
    return ConfigLoader.load(flags, System.getenv(), Optional.ofNullable(file));
  }
}
