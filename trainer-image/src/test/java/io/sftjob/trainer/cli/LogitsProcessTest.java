package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sft logits} as a program: what it writes, and which ids it can not use. */
@Timeout(60)
class LogitsProcessTest {
  @TempDir private Path folder;

  @Test
  void writesATensorARow() throws IOException {
    try (var process = logits("[[1, 2, 3], [511]]")) {
      assertThat(process.exitCode()).as(process::output).isZero();
    }
    try (var file = SafetensorsFile.open(folder.resolve("out.safetensors"))) {
      assertThat(file.tensor("logits.0").orElseThrow().shape()).containsExactly(3, 512);
      assertThat(file.tensor("logits.1").orElseThrow().shape()).containsExactly(1, 512);
      assertThat(file.tensors()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[1], [2, 512]] | row 1 holds the id 512; the model's ids are 0 to 511",
        "[[-1]] | row 0 holds the id -1; the model's ids are 0 to 511",
        "[[1], []] | row 1 is empty",
        "[null] | row 0 is empty",
        "[[1], [2 | expected a JSON list of lists of ids",
        "[1, 2] | expected a JSON list of lists of ids",
        "[[1.5]] | expected a JSON list of lists of ids",
        "[[99999999999]] | expected a JSON list of lists of ids",
        "null | expected a JSON list of lists of ids",
        "[] | holds no row",
        "[[1]] [[2]] | expected a JSON list of lists of ids",
      })
  void namesTheIdsThatItCanNotUse(String json, String words) throws IOException {
    try (var process = logits(json)) {
      assertThat(process.exitCode()).as(process::output).isEqualTo(ExitCode.DataNotUsable.code());
      assertThat(process.output().lines().filter(line -> line.contains("ERROR")))
          .singleElement()
          .asString()
          .contains("ids.json", words);
    }
    assertThat(folder.resolve("out.safetensors")).doesNotExist();
  }

  private SftProcess logits(String json) throws IOException {
    Path ids = Files.writeString(folder.resolve("ids.json"), json);
    String out = folder.resolve("out.safetensors").toString();
    String model = TinyJob.MODEL.toString();
    return SftProcess.start(
        Map.of(), "logits", "--model", model, "--ids", ids.toString(), "--out", out);
  }
}
