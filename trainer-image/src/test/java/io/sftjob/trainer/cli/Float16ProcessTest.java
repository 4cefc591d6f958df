package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.Outcome;
import io.sftjob.api.v1alpha1.ModelDtype;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A training in float16 as a process: its loss scale survives a kill. */
@Timeout(120)
class Float16ProcessTest {
  private static final int STEPS = 24;

  @TempDir private Path once;
  @TempDir private Path folder;

  @Test
  void killedBehindAnOverflowItEndsInTheSameBytes() {
    var undisturbed = job(once);
    try (var process = undisturbed.train()) {
      assertThat(process.exitCode()).as(process::output).isZero();
      assertThat(process.output())
          .contains("computed in Float16, as asked for")
          .contains("the gradients overflowed float16 at the loss scale 65536")
          .contains(" lossScale 32768 ");
    }
    var job = job(folder);
    for (int step : new int[] {4, 15}) {
      try (var process = job.train()) {
        process.await("step %d/".formatted(step));
        process.kill();
      }
    }
    try (var process = job.train()) {
      process.await("Going on from .*step-[0-9]+");
      assertThat(process.exitCode()).as(process::output).isZero();
    }
    assertThat(job.adapterSha256()).isEqualTo(undisturbed.adapterSha256());
    var last = job.lastWords();
    assertThat(last.outcome()).isEqualTo(Outcome.Succeeded);
    assertThat(last.dtype()).isEqualTo(ModelDtype.Float16);
    assertThat(last.rescaledSteps())
        .isPositive()
        .isEqualTo(undisturbed.lastWords().rescaledSteps());
    assertThat(last.lossScale()).isEqualTo(undisturbed.lastWords().lossScale());
    assertThat(last.skippedSteps()).isZero();
  }

  /** One target in a step takes the whole scaled loss. */
  private static TinyJob job(Path folder) {
    var job =
        new TinyJob(folder, STEPS, 3)
            .replace("dtype: Float32", "dtype: Float16")
            .replace("packing: {", "packing: {strategy: None, ")
            .replace("batchSize: 2", "batchSize: 1");
    var rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append(
          "{\"input_ids\": [1, %d, %d, %d], \"labels\": [-100, -100, -100, %d]}\n"
              .formatted(40 + i, 41 + 2 * i, 42 + 3 * i, 42 + 3 * i));
    }
    job.write("train.jsonl", rows.toString());
    return job;
  }
}
