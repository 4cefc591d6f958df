package io.sftjob.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.checkpoint.TrainingIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecReaderTest {
  private static final String MINIMAL =
      """
      apiVersion: sftjob.io/v1alpha1
      kind: SFTJob
      metadata:
        name: bot
        labels: {team: a}
      spec:
        model: {uri: pvc://work/model.gguf}
        dataset: {train: {uri: pvc://work/train.jsonl}}
        output: {uri: pvc://work/out/}
      """;

  @TempDir private Path folder;

  @Test
  void theMinimalJobIsReadAndResolved() {
    var job = read(MINIMAL);
    assertThat(job.name()).isEqualTo("bot");
    var settings = RunSettings.of(job, new PathResolver(Path.of("/mnt/pvc")));
    assertThat(settings.model()).isEqualTo(Path.of("/mnt/pvc/work/model.gguf"));
    assertThat(settings.output()).isEqualTo(Path.of("/mnt/pvc/work/out"));
    assertThat(settings.outputUri()).isEqualTo("pvc://work/out");
    assertThat(settings.spec().loraAlpha()).isEqualTo(32);
    assertThat(settings.identity())
        .containsEntry("spec.training.learningRate", "2e-4")
        .doesNotContainKey("spec.checkpoint.everySteps");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          training: {lerningRate: "1"}    | line 10 | unknown field spec.training.lerningRate
          training: {epochs: 1, }         | line 10 | spec.training.epochs
          training: {epochs: "1,5"}       | sftjob.yaml | spec.training.epochs is '1,5'
          training: {batchSize: 0}        | sftjob.yaml | spec.training.batchSize is 0; expected at least 1
          training: {batchSize: 1.5}      | line 10 | spec.training.batchSize
          training: {scheduler: Polly}    | line 10 | [Linear, Cosine,
          packing: {strategy: Nope}       | line 10 | spec.packing.strategy is 'Nope'
          packing: {strategy: None, window: 10} | sftjob.yaml | spec.packing: window belongs to the strategies Bfd, BfdSplit and Wrapped
          packing: {numOfSequences: 10}   | sftjob.yaml | numOfSequences belongs to the strategy ConstantLength
          packing: {strategy: Bfd, charsPerToken: "3"} | sftjob.yaml | charsPerToken belongs to the strategy ConstantLength
          packing: {strategy: ConstantLength, charsPerToken: "0"} | sftjob.yaml | charsPerToken must be above
          packing: {strategy: ConstantLength, window: 10} | sftjob.yaml | window belongs to the strategies
          lora: {targetModules: []}       | sftjob.yaml | spec.lora.targetModules has length 0; expected 1 to 64
          lora: {targetModules: ['']}     | sftjob.yaml | spec.lora.targetModules[0] has length 0
          lora: {dropout: "1"}            | sftjob.yaml | spec.lora: dropout must be below
          """)
  void whatIsWrongIsNamed(String line, String where, String what) {
    assertThatThrownBy(() -> read(MINIMAL + "  " + line + "\n"))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageContaining(where)
        .hasMessageContaining(what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{mode: NF4, blockSize: 65} | blockSize must be a power of two from 32 to 4096",
        "{mode: Int8, doubleQuant: true} | Int8 has a scale per row",
        "{blockSize: 64} | mode is missing",
        "{mode: NF3} | NF3",
      })
  void quantizationThatCanNotBeIsNamed(String quantization, String what) {
    String model = "  model: {uri: file:///m, quantization: %s}\n".formatted(quantization);
    assertThatThrownBy(() -> read(MINIMAL.replaceAll("  model:.*\n", model)))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageContaining("spec.model.quantization")
        .hasMessageContaining(what);
  }

  @Test
  void anotherPackingIsAnotherTraining() {
    var bfd = identity("{strategy: Bfd, window: 1000}");
    assertThat(identity("{strategy: Bfd}").differencesFrom(bfd))
        .isEqualTo("spec.packing.window was 1000, is 100000");
    assertThat(identity("{strategy: ConstantLength}").differencesFrom(bfd))
        .contains(
            "spec.packing.strategy was Bfd, is ConstantLength",
            "spec.packing.charsPerToken was null, is 3.6");
    assertThat(identity("{}").differencesFrom(identity("{strategy: BfdSplit, maxLength: 1024}")))
        .isEmpty();
  }

  private TrainingIdentity identity(String packing) {
    var job = read(MINIMAL + "  packing: " + packing + "\n");
    return TrainingIdentity.of(RunSettings.of(job, new PathResolver(Path.of("/pvc"))).identity());
  }

  @Test
  void missingFieldsAreNamed() {
    assertThatThrownBy(() -> read(MINIMAL.replaceAll("  output:.*\n", "")))
        .hasMessageContaining("spec.output is missing");
    assertThatThrownBy(() -> read(MINIMAL.replace("SFTJob", "Job")))
        .hasMessageContaining("kind Job; expected sftjob.io/v1alpha1, SFTJob");
    assertThatThrownBy(() -> SpecReader.read(folder.resolve("absent.yaml")))
        .hasMessageContaining("absent.yaml");
  }

  private Job read(String yaml) {
    try {
      return SpecReader.read(Files.writeString(folder.resolve("sftjob.yaml"), yaml));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
