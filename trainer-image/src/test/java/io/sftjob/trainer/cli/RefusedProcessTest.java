package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
  void aModelCutOffInTheMiddle() throws IOException {
    byte[] whole = Files.readAllBytes(TinyJob.MODEL);
    Path cut = folder.resolve("cut.gguf");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    refused(
        job().replace(TinyJob.MODEL.toString(), cut.toString()),
        ExitCode.ModelNotUsable,
        "it is truncated; copy it again");
  }

  @Test
  void aModelWhosePickleWouldRunCode() throws IOException {
    Path fixtures = TinyJob.MODEL.getParent().getParent();
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.copy(fixtures.resolve("tiny-llama/config.json"), model.resolve("config.json"));
    Files.copy(fixtures.resolve("gguf/tokenizer.json"), model.resolve("tokenizer.json"));
    Files.copy(
        fixtures.resolve("gguf/tokenizer_config.json"), model.resolve("tokenizer_config.json"));
    Files.copy(fixtures.resolve("torch-bin/hostile.bin"), model.resolve("pytorch_model.bin"));
    var job = job().replace(TinyJob.MODEL.toString(), model.toString());
    job.write("train.jsonl", "{\"text\": \"one two three\"}\n".repeat(20));
    refused(
        job,
        ExitCode.ModelNotUsable,
        "its pickle names __builtin__.print; only tensors and plain containers are read");
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
