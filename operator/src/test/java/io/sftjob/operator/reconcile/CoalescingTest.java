package io.sftjob.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.testing.Statuses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoalescingTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private final Coalescing coalescing = new Coalescing(Duration.ofSeconds(15));

  @Test
  void theFirstWriteAndTransitionsGoAtOnce() {
    var running = status(JobState.Running, 1, "Training");
    assertThat(coalescing.delay("u", null, running, NOW)).isZero();
    coalescing.wrote("u", NOW);
    for (var next :
        List.of(
            status(JobState.Succeeded, 1, "Training"), status(JobState.Running, 1, "Retrying"))) {
      assertThat(coalescing.delay("u", running, next, NOW)).isZero();
    }
  }

  @Test
  void mereProgressWaitsForTheRestOfTheInterval() {
    var before = status(JobState.Running, 1, "Training");
    var after = status(JobState.Running, 2, "Training");
    assertThat(coalescing.delay("u", before, after, NOW)).isZero();
    coalescing.wrote("u", NOW);
    assertThat(coalescing.delay("u", before, after, NOW.plusSeconds(5))).hasSeconds(10);
    assertThat(coalescing.delay("u", before, after, NOW.plusSeconds(15))).isZero();
    assertThat(coalescing.delay("other", before, after, NOW.plusSeconds(5))).isZero();
  }

  private static SFTJobStatus status(JobState state, long step, String reason) {
    List<Condition> conditions =
        List.of(
            new ConditionBuilder()
                .withType("Succeeded")
                .withStatus("Unknown")
                .withReason(reason)
                .withMessage("at step " + step)
                .build());
    return Statuses.of(state).conditions(conditions).names("j", "p").step(step).value();
  }
}
