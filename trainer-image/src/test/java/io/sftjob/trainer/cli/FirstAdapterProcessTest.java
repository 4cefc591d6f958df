package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code spec.lora.initFrom} and the rest of {@code spec.lora}, in real processes. */
@Timeout(120)
class FirstAdapterProcessTest {
  private static final String LORA =
      "rank: 4, alpha: 8, rankPattern: {down_proj: 2}, alphaPattern: {'layers\\.0\\..*': 4},"
          + " targetModulesRegex: '.*(q|v|down)_proj', modulesToSave: [embed_tokens]";

  @TempDir private Path folder;

  @Test
  void aTrainingBeginsWithAnotherOnesAdapterAndHoldsItToThat() throws IOException {
    var first = job("first", LORA, 30);
    double begun = loss(first);
    double ended = first.lastWords().loss();
    Path adapter = first.output.resolve("adapter");
    String from = LORA + ", initFrom: {uri: file://" + adapter + "}";

    var second = job("second", from, 5);
    assertThat(loss(second)).isLessThan((begun + ended) / 2);

    // Another spec than the adapter's.
    var other =
        job("other", from.replace("rank: 4", "rank: 6").replace("alpha: 8", "alpha: 12"), 5);
    try (var train = other.train()) {
      assertThat(train.exitCode()).isEqualTo(ExitCode.InvalidSpec.code());
      assertThat(train.output())
          .contains("spec.lora.initFrom: the adapter in " + adapter + " is another")
          .contains("rank is 6, the adapter's 4; alpha is 12, the adapter's 8");
    }

    // Another content of the same adapter.
    Path weights = adapter.resolve("adapter_model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    try (var train = second.train()) {
      assertThat(train.exitCode()).isEqualTo(ExitCode.InvalidSpec.code());
      assertThat(train.output())
          .contains("was saved by a run with another spec")
          .contains("spec.lora.initFrom/adapter_model.safetensors");
    }
  }

  @Test
  void whatIsNotThereIsNamedInTheFirstSecond() {
    var job = job("absent", "initFrom: {uri: file:///absent/adapter}", 5);
    try (var train = job.train()) {
      assertThat(train.exitCode()).isEqualTo(ExitCode.ModelNotUsable.code());
      assertThat(train.output()).contains("spec.lora.initFrom.uri: /absent/adapter does not exist");
    }
  }

  private TinyJob job(String name, String lora, int steps) {
    try {
      return new TinyJob(Files.createDirectories(folder.resolve(name)), steps, 100)
          .replace("rank: 4, dropout: \"0.1\"", lora)
          .replace("evalSteps: 25, ", "")
          .replace("1e-3", "1e-2");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Of the first step. */
  private static double loss(TinyJob job) {
    try (var train = job.train()) {
      double loss = Double.parseDouble(train.await("step 1/\\d+ .*loss ([0-9.]+)").group(1));
      assertThat(train.exitCode()).as(train::output).isZero();
      return loss;
    }
  }
}
