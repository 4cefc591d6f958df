package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can not work ends with its code, and with words in the log and in the termination log. */
@Timeout(60)
class RefusedProcessTest {
  @TempDir private Path folder;

  @Test
  void anUnknownField() {
    refused(
        job().replace("maxSteps", "maxStep"),
        ExitCode.InvalidSpec,
        "line 9: unknown field spec.training.maxStep");
  }

  @Test
  void aMissingModel() {
    refused(
        job().replace("tiny-llama.gguf", "absent.gguf"),
        ExitCode.ModelNotUsable,
        "absent.gguf does not exist");
  }

  @Test
  void emptyData() {
    var job = job();
    job.write("train.jsonl", "");
    refused(job, ExitCode.DataNotUsable, "train.jsonl");
  }

  @Test
  void aGpuThatIsNotThere() {
    refused(
        job().replace("output:", "compute: {gpus: 1}\n  output:"),
        ExitCode.InvalidSpec,
        "spec.compute.gpus");
  }

  @Test
  void wrongArguments() {
    try (var process = SftProcess.start(Map.of(), "train")) {
      assertThat(process.exitCode()).isEqualTo(ExitCode.InvalidSpec.code());
      assertThat(process.output()).contains("--spec");
    }
  }

  @Test
  void helpNamesCommandsAndExitCodes() {
    try (var process = SftProcess.start(Map.of(), "--help")) {
      assertThat(process.exitCode()).isZero();
      assertThat(process.output())
          .contains("train", "prepare", "generate", "75", "the model is missing", "Examples:");
    }
  }

  private TinyJob job() {
    return new TinyJob(folder, 5, 5);
  }

  private static void refused(TinyJob job, ExitCode code, String words) {
    try (var process = job.train()) {
      assertThat(process.exitCode()).as(process::output).isEqualTo(code.code());
      assertThat(process.output()).contains(words);
    }
    var last = job.lastWords();
    assertThat(last.outcome()).isEqualTo(Outcome.Failed);
    assertThat(last.reason()).isEqualTo(code.name());
    assertThat(last.message()).contains(words);
    assertThat(job.output.resolve("adapter")).doesNotExist();
  }
}
