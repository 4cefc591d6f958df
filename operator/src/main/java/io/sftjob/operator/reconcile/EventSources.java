package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.child.Labels;
import io.sftjob.operator.config.Settings;
import io.sftjob.operator.metrics.JobMetrics;
import io.sftjob.operator.progress.Problem;
import io.sftjob.operator.progress.ProgressSource;
import java.util.List;
import java.util.Set;

/** Where news of a job comes from: its Jobs, their pods, and the trainers themselves. */
final class EventSources {
  private EventSources() {}

  static List<EventSource<?, SFTJob>> of(
      EventSourceContext<SFTJob> context, Settings settings, JobMetrics metrics) {
    var jobs = informer(Job.class, context);
    var pods = informer(Pod.class, context);
    var progress =
        ProgressSource.create(
            context,
            job ->
                pods.getSecondaryResources(job).stream()
                    .filter(pod -> Labels.belongs(pod, job))
                    .toList(),
            settings,
            problem -> metrics.pulled(problem.map(Problem::kind)));
    return List.of(jobs, pods, progress);
  }

  /** Pods belong to the Job, not to the SFTJob: the label leads to it from both. */
  private static <T extends HasMetadata> InformerEventSource<T, SFTJob> informer(
      Class<T> type, EventSourceContext<SFTJob> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(type, SFTJob.class)
            .withLabelSelector(Labels.SELECTOR)
            .withSecondaryToPrimaryMapper(
                child ->
                    Set.of(
                        new ResourceID(
                            child.getMetadata().getLabels().get(Labels.JOB),
                            child.getMetadata().getNamespace())))
            .build(),
        context);
  }
}
