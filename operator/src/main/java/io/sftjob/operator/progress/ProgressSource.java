package io.sftjob.operator.progress;

import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.polling.PerResourcePollingConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.event.source.polling.PerResourcePollingEventSource;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/** The event source that pulls progress from the pods of each job. */
public final class ProgressSource extends PerResourcePollingEventSource<Pull, SFTJob, String> {
  /** Bounds the pulls in flight; a virtual thread that waits for a pod costs next to nothing. */
  private static final int THREADS = 64;

  private final ProgressPoller poller;
  private final ProgressClient client;

  private ProgressSource(
      EventSourceContext<SFTJob> context,
      ProgressPoller poller,
      ProgressClient client,
      Settings settings) {
    super(
        Pull.class,
        context,
        new PerResourcePollingConfigurationBuilder<Pull, SFTJob, String>(
                poller, settings.progress().pollInterval())
            .withName("progress")
            .withResourceIDMapper(pull -> "progress")
            .withExecutorService(
                Executors.newScheduledThreadPool(THREADS, Thread.ofVirtual().factory()))
            .build());
    this.poller = poller;
    this.client = client;
  }

  /**
   * @param pods the known pods of a job
   * @param meter told of the outcome of each pull
   */
  public static ProgressSource create(
      EventSourceContext<SFTJob> context,
      Function<SFTJob, List<Pod>> pods,
      Settings settings,
      Consumer<Optional<Problem>> meter) {
    var client = new ProgressClient(settings.progress().timeout(), settings.trainer().port());
    var poller = new ProgressPoller(client, pods, settings.progress(), meter);
    return new ProgressSource(context, poller, client, settings);
  }

  @Override
  public void onResourceDeleted(SFTJob job) {
    super.onResourceDeleted(job);
    poller.forget(job);
  }

  @Override
  public void stop() {
    super.stop();
    client.close();
  }
}
