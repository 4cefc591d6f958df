package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EstimateProcessTest {
  @TempDir private Path folder;

  @Test
  void tellsThePartsAndTheSpecsLimitAndLeavesNothing() {
    try (var process = limited("4Gi").start("estimate")) {
      assertThat(process.exitCode()).as(process::output).isZero();
      assertThat(process.output())
          .contains("weights", "adapters", "optimizer", "activations", "head")
          .containsPattern("limit +4,096 MiB  spec.compute.resources.limits.memory");
    }
    assertThat(job().output).doesNotExist();
  }

  @Test
  void refusesWhatWeightsAndProcessAloneExceed() {
    try (var process = limited("64Mi").start("estimate")) {
      assertThat(process.exitCode()).isEqualTo(ExitCode.InvalidSpec.code());
      assertThat(process.output())
          .containsPattern("can not fit in memory: it needs at least [0-9]+ MiB")
          .contains("there are 64 MiB (spec.compute.resources.limits.memory)")
          .contains("raise the memory limit");
    }
  }

  /** What the rows take is known from the rows: few tokens fit into a spec that allows many. */
  @Test
  void longRowsThatThereAreNotDoNoHarm() {
    var job = limited("4Gi").replace("maxLength: 64", "maxLength: 65536");
    try (var process = job.start("estimate")) {
      assertThat(process.exitCode()).as(process::output).isZero();
    }
  }

  /** In bfloat16 a CPU keeps the scores of attention, heads · n². */
  @Test
  void refusesRowsThatCanNotFit() {
    var job =
        limited("2Gi")
            .replace("dtype: Float32", "dtype: BFloat16")
            .replace("maxLength: 64", "maxLength: 16384")
            .replace(", evalFraction: \"0.1\"", "")
            .replace("evalSteps: 25, ", "");
    job.write("train.jsonl", ("{\"text\": \"" + "one two ".repeat(9000) + "\"}\n").repeat(4));
    try (var process = job.start("estimate")) {
      assertThat(process.exitCode()).as(process::output).isEqualTo(ExitCode.InvalidSpec.code());
      assertThat(process.output()).contains("can not fit", "spec.packing.maxLength (16384)");
    }
  }

  @Test
  void trainingForetellsAndMeasures() {
    try (var process = job().train()) {
      assertThat(process.exitCode()).as(process::output).isZero();
      assertThat(process.output())
          .containsPattern("Memory: about [0-9,]+ MiB at the peak with full rows; there are")
          .containsPattern("Memory: about [0-9,]+ MiB at the peak with the largest rows")
          .containsPattern("Memory: the peak was [0-9,]+ MiB; about [0-9,]+ MiB were foretold");
    }
    var estimate = job().lastWords().memoryEstimate();
    assertThat(estimate.peakBytes()).isGreaterThan(estimate.processBytes());
    assertThat(estimate.limitBytes()).isPositive();
    assertThat(estimate.gpuPeakBytes()).isNull();
  }

  private TinyJob job() {
    return new TinyJob(folder, 5, 5);
  }

  private TinyJob limited(String memory) {
    return job()
        .replace(
            "output:", "compute: {resources: {limits: {memory: %s}}}\n  output:".formatted(memory));
  }
}
