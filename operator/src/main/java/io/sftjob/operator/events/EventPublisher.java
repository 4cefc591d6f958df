package io.sftjob.operator.events;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.sftjob.api.v1alpha1.SFTJob;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jboss.logging.Logger;

/** Writes events. They are for people: one that is refused is logged and changes nothing else. */
public final class EventPublisher {
  private static final Logger LOG = Logger.getLogger(EventPublisher.class);
  private static final int MAX_MESSAGE = 1024;

  private final KubernetesClient client;

  public EventPublisher(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The event's name follows from what it says, so that saying it again, as a lagging cache or a
   * new leader may, does nothing.
   */
  public void publish(SFTJob job, JobEvent event, Instant now) {
    var meta = job.getMetadata();
    var hash = Objects.hash(meta.getUid(), event.reason().name(), event.message());
    var time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    var message = event.message();
    var body =
        new EventBuilder()
            .withNewMetadata()
            .withName(meta.getName() + "." + Integer.toHexString(hash))
            .withNamespace(meta.getNamespace())
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(SFTJob.API_VERSION)
            .withKind(SFTJob.KIND)
            .withName(meta.getName())
            .withNamespace(meta.getNamespace())
            .withUid(meta.getUid())
            .endInvolvedObject()
            .withType(event.reason().type())
            .withReason(event.reason().name())
            .withMessage(
                message.length() > MAX_MESSAGE
                    ? message.substring(0, MAX_MESSAGE - 1) + "…"
                    : message)
            .withFirstTimestamp(time)
            .withLastTimestamp(time)
            .withCount(1)
            .withNewSource()
            .withComponent("sft-operator")
            .endSource()
            .build();
    try {
      client.v1().events().resource(body).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.warnf(
            "Event %s of %s was not written: %s", event.reason(), meta.getName(), e.getMessage());
      }
    }
  }
}
