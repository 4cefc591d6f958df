package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.child.Labels;
import io.sftjob.operator.config.OperatorConfig;
import io.sftjob.operator.config.Settings;
import io.sftjob.operator.kube.Jobs;
import io.sftjob.operator.metrics.JobMetrics;
import io.sftjob.operator.progress.Pull;
import io.sftjob.operator.status.Cause;
import io.sftjob.operator.status.Facts;
import io.sftjob.operator.status.Reason;
import io.sftjob.operator.status.StatusView;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Reads, lets pure functions decide, writes. */
@ControllerConfiguration(
    name = SftJobReconciler.NAME,
    // With comparable versions JOSDK 5.3 loses a spec edit that races a status patch.
    informer = @Informer(comparableResourceVersions = false),
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 5, timeUnit = TimeUnit.MINUTES))
@GradualRetry(maxAttempts = -1, initialInterval = 1000, maxInterval = 60_000)
public class SftJobReconciler implements Reconciler<SFTJob> {
  public static final String NAME = "sftjob";
  private static final Duration NAME_TAKEN_RETRY = Duration.ofSeconds(5);

  private final Settings settings;
  private final JobMetrics metrics;
  private final ChildWriter children;
  private final StatusWriter status;

  @Inject
  public SftJobReconciler(OperatorConfig config, JobMetrics metrics) {
    this(Settings.of(config), metrics);
  }

  public SftJobReconciler(Settings settings, JobMetrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
    this.children = new ChildWriter(settings.trainer());
    this.status = new StatusWriter(settings.progress().statusInterval());
  }

  @Override
  public List<EventSource<?, SFTJob>> prepareEventSources(EventSourceContext<SFTJob> context) {
    metrics.countJobs(context.getPrimaryCache());
    return EventSources.of(context, settings, metrics);
  }

  @Override
  public UpdateControl<SFTJob> reconcile(SFTJob resource, Context<SFTJob> context) {
    var seen = observe(resource, context);
    try {
      var now = act(Plan.of(resource, seen), resource, seen, context);
      return status.write(resource, now, context);
    } catch (NameTakenException e) {
      var taken = facts(resource, seen, Optional.of(cause(Reason.NameTaken, e.getMessage())));
      return status.write(resource, taken, context).rescheduleAfter(NAME_TAKEN_RETRY);
    }
  }

  @Override
  public ErrorStatusUpdateControl<SFTJob> updateErrorStatus(
      SFTJob resource, Context<SFTJob> context, Exception e) {
    return status.error(resource, e, Instant.now());
  }

  private static Observed observe(SFTJob resource, Context<SFTJob> context) {
    var jobs =
        context
            .getSecondaryResourcesAsStream(Job.class)
            .filter(job -> Labels.belongs(job, resource))
            .toList();
    var pods =
        context
            .getSecondaryResourcesAsStream(Pod.class)
            .filter(pod -> Labels.belongs(pod, resource))
            .toList();
    var pull = context.getSecondaryResource(Pull.class).orElse(Pull.NOTHING);
    var recorded = resource.getStatus() == null ? null : resource.getStatus().execution();
    var seen = Observed.of(jobs, recorded, pods, pull);
    var ended = seen.job().filter(Jobs::isFinished).isPresent();
    return ended && !StatusView.isTerminal(resource.getStatus())
        ? seen.withPods(freshPods(resource, context))
        : seen;
  }

  /** The last word on a run must not be missed because one watch is ahead of another. */
  private static List<Pod> freshPods(SFTJob resource, Context<SFTJob> context) {
    return context
        .getClient()
        .pods()
        .inNamespace(resource.getMetadata().getNamespace())
        .withLabel(Labels.JOB_UID, resource.getMetadata().getUid())
        .list()
        .getItems();
  }

  private Facts act(Action action, SFTJob resource, Observed seen, Context<SFTJob> context)
      throws NameTakenException {
    return switch (action) {
      case Action.Watch watch -> facts(resource, seen, Optional.empty());
      case Action.Create create -> {
        var job = children.create(resource, create.execution(), context);
        yield facts(resource, seen.with(job), Optional.empty());
      }
      case Action.Delete delete -> {
        children.delete(delete.job(), context);
        yield facts(resource, seen, Optional.empty());
      }
      case Action.Refuse refuse ->
          facts(resource, seen, Optional.of(cause(Reason.Invalid, refuse.message())));
    };
  }

  private static Facts facts(SFTJob resource, Observed seen, Optional<Cause> obstacle) {
    return new Facts(
        seen.job(),
        seen.execution(),
        seen.pods(),
        Reports.newest(seen.pods(), seen.pull(), resource.getStatus()),
        seen.pull().problem().map(p -> new Cause(p.kind().name(), p.message())),
        obstacle);
  }

  private static Cause cause(Reason reason, String message) {
    return new Cause(reason.name(), message);
  }
}
