package io.sftjob.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loss is lowest at step 8; evaluations are every 4 steps, checkpoints every 5. */
class EarlyStoppingTest {
  private static final long STEPS = 40;

  @TempDir private Path folder;
  private Workplace place;

  @BeforeEach
  void lowestAtStep8() throws IOException {
    place = new Workplace(folder);
    place.evalLoss = step -> 1 + Math.abs(step - 8);
  }

  @Test
  void patienceEndsTheTrainingAndTheBestCheckpointStays() throws IOException {
    early();
    var attempt = place.attempt("pod-1");
    assertThat(attempt.train(STEPS)).isEqualTo(ExitCode.Done);
    assertThat(place.checkpoints()).containsExactly("step-15", "step-16", "step-8");
    assertThat(place.lastWords().step()).isEqualTo(16);
    assertThat(place.lastWords().evalLoss()).isEqualTo(9);
    assertThat(place.lastWords().bestCheckpoint().step()).isEqualTo(8);
  }

  @Test
  void stoppedAnywhereItEndsAtTheSameStepWithTheSameAdapter(@TempDir Path elsewhere)
      throws IOException {
    early();
    place.attempt("pod-0").train(STEPS);
    for (long at = 1; at <= 16; at++) {
      var other = new Workplace(Files.createDirectory(elsewhere.resolve("at-" + at)));
      other.evalLoss = place.evalLoss;
      other.spec = place.spec.replace(folder.toString(), other.folder.toString());
      long stopAt = at;
      var first = other.attempt("pod-1");
      assertThat(first.train(STEPS, step -> first.stop.set(step == stopAt)))
          .isEqualTo(ExitCode.Preempted);
      var second = other.attempt("pod-2");
      assertThat(second.train(STEPS)).isEqualTo(ExitCode.Done);
      assertThat(other.lastWords().step()).as("stopped at %d", at).isEqualTo(16);
      assertThat(other.adapter()).isEqualTo(place.adapter());
      assertThat(other.checkpoints()).contains("step-8", "step-16");
    }
  }

  @Test
  void withoutPatienceItGoesOnAndTheTwoBestStay() throws IOException {
    place.spec = place.spec.replace("keepLast: 2", "keepLast: 2, keepBest: 2");
    assertThat(place.attempt("pod-1").train(STEPS)).isEqualTo(ExitCode.Done);
    assertThat(place.checkpoints())
        .containsExactlyInAnyOrder("step-4", "step-8", "step-35", "step-40");
  }

  private void early() {
    place.spec =
        place
            .spec
            .replace("keepLast: 2", "keepLast: 2, keepBest: 1")
            .replace("evalSteps: 4", "evalSteps: 4, earlyStoppingPatience: 2");
  }
}
