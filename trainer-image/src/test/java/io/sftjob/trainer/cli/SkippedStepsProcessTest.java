package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.checkpoint.CheckpointState;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A learning rate that no model survives. */
@Timeout(120)
class SkippedStepsProcessTest {
  @TempDir private Path folder;

  @Test
  void stepsAreSkippedAndCountedAcrossProcessesUntilItEnds() throws IOException {
    var job =
        new TinyJob(folder, 40, 1)
            .replace("learningRate: \"1e-3\"", "learningRate: \"1e30\", maxNonFiniteSteps: 3");
    int failedAt;
    try (var process = job.train()) {
      assertThat(process.exitCode()).as(process::output).isEqualTo(ExitCode.NonFiniteLoss.code());
      assertThat(process.output()).contains("changed nothing: loss NaN").contains("(1 in a row)");
    }
    var last = job.lastWords();
    assertThat(last.reason()).isEqualTo("NonFiniteLoss");
    assertThat(last.message())
        .contains("not finite in 3 steps in a row, up to step ")
        .containsPattern("saw .*train\\.jsonl:[0-9]+")
        .contains("Lower spec.training.learningRate");
    failedAt = Integer.parseInt(last.message().replaceFirst("(?s).*up to step ([0-9]+).*", "$1"));
    var state = state(job, failedAt - 1);
    assertThat(state.counts().skippedSteps()).isEqualTo(2);
    assertThat(state.counts().skippedInARow()).isEqualTo(2);

    // How many are borne is no part of what is trained; they are counted on.
    job.replace("maxNonFiniteSteps: 3", "maxNonFiniteSteps: 5");
    try (var process = job.train()) {
      process.await("Going on from .*step-" + (failedAt - 1));
      process.await("Step %d changed nothing: .*\\(3 in a row\\)".formatted(failedAt));
      assertThat(process.exitCode()).isEqualTo(ExitCode.NonFiniteLoss.code());
    }
    assertThat(job.lastWords().message())
        .contains("not finite in 5 steps in a row, up to step " + (failedAt + 2));
    assertThat(job.lastWords().skippedSteps()).isGreaterThanOrEqualTo(4);
  }

  private static CheckpointState state(TinyJob job, int step) throws IOException {
    return new ObjectMapper()
        .readValue(
            job.output.resolve("checkpoints/step-%d/state.json".formatted(step)).toFile(),
            CheckpointState.class);
  }
}
