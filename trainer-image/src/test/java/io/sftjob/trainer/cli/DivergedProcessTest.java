package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DivergedProcessTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"None", "Bfd", "BfdSplit", "Wrapped", "ConstantLength"})
  void aTrainingThatDivergesNamesTheRowsItSaw(String strategy) {
    var job =
        new TinyJob(folder, 20, 50)
            .replace("packing: {", "packing: {strategy: " + strategy + ", ")
            .replace("learningRate: \"1e-3\"", "learningRate: \"1e30\", maxNonFiniteSteps: 2");
    try (var train = job.train()) {
      assertThat(train.exitCode()).as(train::output).isEqualTo(ExitCode.NonFiniteLoss.code());
      assertThat(train.output())
          .containsPattern("2 steps in a row, up to step \\d+ .* saw train\\.jsonl:\\d+");
      boolean endToEnd = strategy.equals("Wrapped") || strategy.equals("ConstantLength");
      assertThat(train.output().contains("puts documents end to end")).isEqualTo(endToEnd);
    }
    assertThat(job.lastWords().message()).contains("The last of them saw train.jsonl:");
  }
}
