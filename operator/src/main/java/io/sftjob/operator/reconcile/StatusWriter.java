package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.events.EventPublisher;
import io.sftjob.operator.events.Transitions;
import io.sftjob.operator.status.Facts;
import io.sftjob.operator.status.StatusView;
import java.time.Duration;
import java.time.Instant;

/** Writes a status when it has changed, and tells of the transition. */
final class StatusWriter {
  private final Coalescing coalescing;

  StatusWriter(Duration interval) {
    this.coalescing = new Coalescing(interval);
  }

  UpdateControl<SFTJob> write(SFTJob resource, Facts facts, Context<SFTJob> context) {
    var now = Instant.now();
    var uid = resource.getMetadata().getUid();
    var before = resource.getStatus();
    var after = StatusView.of(resource, facts, now);
    if (after.equals(before)) return UpdateControl.noUpdate();
    var wait = coalescing.delay(uid, before, after, now);
    if (!wait.isZero()) return UpdateControl.<SFTJob>noUpdate().rescheduleAfter(wait);
    tell(resource, before, after, context, now);
    if (StatusView.isTerminal(after)) {
      coalescing.forget(uid);
    } else {
      coalescing.wrote(uid, now);
    }
    return UpdateControl.patchStatus(patch(resource, after));
  }

  /** The error is shown where users look; the framework tries again. */
  ErrorStatusUpdateControl<SFTJob> error(SFTJob resource, Exception e, Instant now) {
    if (StatusView.isTerminal(resource.getStatus())) {
      return ErrorStatusUpdateControl.noStatusUpdate();
    }
    var status = StatusView.afterError(resource, message(e), now);
    return ErrorStatusUpdateControl.patchStatus(patch(resource, status));
  }

  /** The API server's own words, without the client's account of the request. */
  private static String message(Exception e) {
    return e instanceof KubernetesClientException k && k.getStatus() != null
        ? k.getStatus().getMessage()
        : String.valueOf(e.getMessage());
  }

  private void tell(
      SFTJob resource,
      SFTJobStatus before,
      SFTJobStatus after,
      Context<SFTJob> context,
      Instant now) {
    var events = new EventPublisher(context.getClient());
    for (var event : Transitions.between(before, after)) {
      events.publish(resource, event, now);
    }
  }

  /** Server-side apply owns what it sends: the status, and nothing of the spec. */
  private static SFTJob patch(SFTJob resource, SFTJobStatus status) {
    var patch = new SFTJob();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withName(resource.getMetadata().getName())
            .withNamespace(resource.getMetadata().getNamespace())
            .build());
    patch.setStatus(status);
    return patch;
  }
}
