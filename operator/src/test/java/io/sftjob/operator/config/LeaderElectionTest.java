package io.sftjob.operator.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
  private final AtomicInteger ends = new AtomicInteger();
  private final LeaderElection election = new LeaderElection(ends::incrementAndGet);
  private final OperatorConfig config =
      new SmallRyeConfigBuilder()
          .withConverter(Duration.class, 200, new DurationConverter())
          .withMapping(OperatorConfig.class)
          .withDefaultValue("sft.trainer.image", "t:1")
          .withDefaultValue("sft.leader.namespace", "sft-system")
          .build()
          .getConfigMapping(OperatorConfig.class);

  @Test
  void whoLosesTheLeaseEnds() {
    stopLeading();
    assertThat(ends).hasValue(1);
  }

  @Test
  void whoIsAskedToStopDoesNotEndTwice() {
    election.stop(new ShutdownEvent());
    stopLeading();
    assertThat(ends).hasValue(0);
  }

  @Test
  void theLeaseLivesWhereTheInstallationSays() {
    assertThat(election.configuration(config).getLeaseNamespace()).contains("sft-system");
  }

  private void stopLeading() {
    election.configuration(config).getLeaderCallbacks().orElseThrow().onStopLeading();
  }
}
