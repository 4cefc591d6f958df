package io.sftjob.operator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/**
 * What an installation sets, by environment ({@code SFT_TRAINER_IMAGE}, …) or system properties.
 */
@ConfigMapping(prefix = "sft")
public interface OperatorConfig {
  Trainer trainer();

  Progress progress();

  Leader leader();

  /** The trainer's pods. */
  interface Trainer {
    String image();

    /** {@code Always}, {@code IfNotPresent} or {@code Never}. */
    @WithDefault("IfNotPresent")
    String pullPolicy();

    /** How long a pod may take to save its checkpoint after SIGTERM. */
    @WithDefault("120")
    long gracePeriodSeconds();

    /** The port of {@code /v1/progress}. */
    @WithDefault("8080")
    int port();
  }

  /** How progress travels from pods to status. */
  interface Progress {
    /** How long a trainer may take to answer. */
    @WithDefault("2s")
    Duration timeout();

    /**
     * Progress alone is written to a job's status at most this often; a trainer is asked twice as
     * often.
     */
    @WithDefault("15s")
    Duration statusInterval();

    /** How long a trainer may be silent, as while it starts, until its progress counts as stale. */
    @WithDefault("30s")
    Duration patience();
  }

  /** Leader election. */
  interface Leader {
    /** Where the lease lives; absent: the pod's own namespace. */
    Optional<String> namespace();
  }
}
