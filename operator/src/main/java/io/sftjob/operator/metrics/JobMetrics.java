package io.sftjob.operator.metrics;

import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJob;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;

/** The operator's own metrics; those of its framework come beside them. */
@Singleton
public class JobMetrics {
  private static final String OK = "Ok";

  private final MeterRegistry registry;

  @Inject
  public JobMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** {@code sftjobs{state}}: how many jobs are in each state, counted when it is asked. */
  public void countJobs(IndexerResourceCache<SFTJob> jobs) {
    for (var state : JobState.values()) {
      Gauge.builder("sftjobs", jobs, all -> all.list(job -> state(job) == state).count())
          .description("SFTJobs by state")
          .tag("state", state.name())
          .register(registry);
    }
  }

  /** {@code sftjob_progress_pulls_total{result}}: Ok, or the kind of problem. */
  public void pulled(Optional<? extends Enum<?>> problem) {
    registry
        .counter("sftjob.progress.pulls", "result", problem.map(Enum::name).orElse(OK))
        .increment();
  }

  private static JobState state(SFTJob job) {
    return job.getStatus() == null ? JobState.Pending : job.getStatus().state();
  }
}
