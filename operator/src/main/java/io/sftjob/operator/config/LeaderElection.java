package io.sftjob.operator.config;

import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** One replica works, the others stand by: two writers would overwrite each other's status. */
final class LeaderElection {
  private static final String LEASE = "sft-operator";

  @Produces
  @Singleton
  LeaderElectionConfiguration configuration(OperatorConfig config) {
    var lease = LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE);
    config.leader().namespace().ifPresent(lease::withLeaseNamespace);
    return lease.build();
  }
}
