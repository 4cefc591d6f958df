package io.sftjob.operator.config;

import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * One replica works, the others stand by: two writers would overwrite each other's status. Who
 * loses the lease ends, because JOSDK 5.3 would go on reconciling without it.
 */
@Singleton
public class LeaderElection {
  private static final String LEASE = "sft-operator";

  private final Runnable end;
  private volatile boolean stopping;

  @Inject
  LeaderElection() {
    this(() -> Quarkus.asyncExit(1));
  }

  LeaderElection(Runnable end) {
    this.end = end;
  }

  @Produces
  @Singleton
  LeaderElectionConfiguration configuration(OperatorConfig config) {
    var lease =
        LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
            .withLeaderCallbacks(new LeaderCallbacks(() -> {}, this::lost, leader -> {}));
    config.leader().namespace().ifPresent(lease::withLeaseNamespace);
    return lease.build();
  }

  /** Before the operator stops, which gives the lease up by itself. */
  void stop(@Observes @Priority(1) ShutdownEvent event) {
    stopping = true;
  }

  private void lost() {
    if (!stopping) end.run();
  }
}
