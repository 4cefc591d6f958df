package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.v1alpha1.LrScheduler;
import io.sftjob.trainer.model.Fixture;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The multipliers of transformers' own schedules. */
class LrScheduleTest {
  private static final JsonNode EXPECTED = Fixture.of("schedule").json();

  @Test
  void everyStepIsThatOfTransformers() {
    assertThat(EXPECTED.path("schedules").size()).isEqualTo(82);
    for (JsonNode c : EXPECTED.path("schedules")) {
      var rate =
          new TrainSettings.Rate(
              LrScheduler.valueOf(c.path("name").asText()),
              2e-4,
              new TrainSettings.Warmup.Steps(c.path("warmup").asLong()),
              2e-4 * c.path("minimum").asDouble(),
              c.path("cycles").asInt(1),
              c.path("power").asDouble(1));
      var schedule = LrSchedule.of(rate, c.path("total").asLong());
      for (int step = 0; step < c.path("multipliers").size(); step++) {
        assertThat(schedule.at(step))
            .as("%s, step %d", c, step)
            .isCloseTo(2e-4 * c.path("multipliers").path(step).asDouble(), Offset.offset(1e-17));
      }
    }
  }

  @Test
  void aWarmupRatioIsRoundedUpAsInTransformers() {
    assertThat(EXPECTED.path("warmupRatios").size()).isEqualTo(14);
    for (JsonNode c : EXPECTED.path("warmupRatios")) {
      assertThat(
              new TrainSettings.Warmup.Ratio(c.path("ratio").asDouble())
                  .of(c.path("total").asLong()))
          .as(c.toString())
          .isEqualTo(c.path("warmup").asLong());
    }
  }
}
