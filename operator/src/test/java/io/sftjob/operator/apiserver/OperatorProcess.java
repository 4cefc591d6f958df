package io.sftjob.operator.apiserver;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sftjob.operator.config.Settings;
import io.sftjob.operator.metrics.JobMetrics;
import io.sftjob.operator.reconcile.SftJobReconciler;
import java.time.Duration;

/**
 * The operator in this JVM, with the rights of the chart; a new start knows nothing of the last.
 */
final class OperatorProcess {
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final ApiServer server;
  private final Settings settings;
  private SimpleMeterRegistry metrics;
  private KubernetesClient client;
  private Operator operator;

  OperatorProcess(ApiServer server, int trainerPort) {
    this.server = server;
    this.settings =
        new Settings(
            new Settings.Trainer("sft/trainer:test", "IfNotPresent", 120, trainerPort),
            new Settings.Progress(PATIENCE, INTERVAL, PATIENCE));
  }

  void start() {
    metrics = new SimpleMeterRegistry();
    client = new KubernetesClientBuilder().withConfig(server.operator()).build();
    operator = new Operator(overrider -> overrider.withKubernetesClient(client));
    operator.register(new SftJobReconciler(settings, new JobMetrics(metrics)));
    operator.start();
  }

  void stop() {
    operator.stop();
  }

  SimpleMeterRegistry metrics() {
    return metrics;
  }
}
