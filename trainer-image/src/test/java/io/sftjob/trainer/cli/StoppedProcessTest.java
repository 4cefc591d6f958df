package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SIGTERM in each phase: 75, nothing broken, and the next process comes to the same end. */
@Tag("slow")
@Timeout(180)
class StoppedProcessTest {
  private static final int STEPS = 80;

  @TempDir private static Path once;
  private static TinyJob undisturbed;

  @TempDir private Path folder;

  @BeforeAll
  static void trainUndisturbed() {
    undisturbed = job(once);
    try (var process = undisturbed.train()) {
      assertThat(process.exitCode()).as(process::output).isZero();
    }
  }

  /**
   * @param line of the log after which it is stopped
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          resolve    | Settings:
          load       | Job tiny:
          train      | step 1/
          evaluate   | step 9/
          save       | Saved .*step-10
          """)
  void afterALine(String phase, String line) {
    var job = job(folder);
    try (var process = job.train()) {
      process.await(line);
      process.terminate();
      requirePreempted(job, process);
    }
    finish(job);
  }

  /**
   * @param file below the output, at whose first sight it is stopped
   */
  @ParameterizedTest
  @CsvSource({
    "load, ^owner\\.json",
    "prepare, ^\\.tokens|^\\.prepared",
    "save, ^checkpoints/\\.step-",
    "commit, ^checkpoints/step-10"
  })
  void atAFile(String phase, String file) {
    var job = job(folder);
    try (var process = job.train();
        var trigger = new FileTrigger(job.output, file, 1, process::terminate)) {
      requirePreempted(job, process);
    }
    finish(job);
  }

  /** All steps are done: what is left is less work than to do it again. */
  @ParameterizedTest
  @CsvSource({"^\\.adapter", "^checkpoints/\\.step-80"})
  void atTheEndItIsDone(String file) {
    var job = job(folder);
    try (var process = job.train();
        var trigger = new FileTrigger(job.output, file, 1, process::terminate)) {
      assertThat(process.exitCode()).as(process::output).isIn(0, ExitCode.Preempted.code());
      trigger.await();
    }
    finish(job);
  }

  private static void requirePreempted(TinyJob job, SftProcess process) {
    assertThat(process.exitCode()).as(process::output).isEqualTo(ExitCode.Preempted.code());
    assertThat(job.lastWords().outcome()).isEqualTo(Outcome.Preempted);
    assertThat(job.output.resolve("adapter")).doesNotExist();
  }

  private static void finish(TinyJob job) {
    try (var process = job.train()) {
      assertThat(process.exitCode()).as(process::output).isZero();
      assertThat(process.output()).doesNotContain("Skipping");
    }
    assertThat(job.adapterSha256()).isEqualTo(undisturbed.adapterSha256());
    assertThat(job.checkpoints()).isEqualTo(undisturbed.checkpoints());
    assertThat(Files.exists(job.output.resolve("prepared.safetensors"))).isTrue();
  }

  /** With enough rows that preparation takes a moment. */
  private static TinyJob job(Path folder) {
    var job = new TinyJob(folder, STEPS, 10);
    job.write(
        "train.jsonl",
        IntStream.range(0, 5000)
            .mapToObj(
                i ->
                    """
                    {"messages": [{"role": "user", "content": "What is %d plus %d?"}, \
                    {"role": "assistant", "content": "It is %d."}]}
                    """
                        .formatted(i, i * 7, i * 8))
            .collect(Collectors.joining()));
    return job.replace("evalSteps: 25", "evalSteps: 9")
        .replace("evalFraction: \"0.1\"", "evalFraction: \"0.01\"");
  }
}
