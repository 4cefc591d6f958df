package io.sftjob.operator.apiserver;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ScalableResource;
import io.sftjob.operator.testing.Kube;
import io.sftjob.operator.testing.Specs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Plays the Job controller, the garbage collector and the kubelet, one move at a time. */
final class FakeNode implements AutoCloseable {
  private final KubernetesClient client;
  private final String namespace;
  private final String ip;
  private final int port;
  private final List<FakeTrainer> trainers = new ArrayList<>();

  FakeNode(KubernetesClient client, String namespace, String ip, int port) {
    this.client = client;
    this.namespace = namespace;
    this.ip = ip;
    this.port = port;
  }

  /** Waits for the operator to create it. */
  Job job(String name) {
    return jobs(name).waitUntilCondition(j -> j != null, 20, TimeUnit.SECONDS);
  }

  Job find(String name) {
    return jobs(name).get();
  }

  /** The Job controller makes a pod that no node has taken yet. */
  Pod pod(Job job, String name) {
    var pod =
        new PodBuilder(Kube.pod(job, name))
            .editMetadata()
            .addToLabels("batch.kubernetes.io/controller-uid", job.getMetadata().getUid())
            .addToLabels("batch.kubernetes.io/job-name", job.getMetadata().getName())
            .endMetadata()
            .withSpec(job.getSpec().getTemplate().getSpec())
            .build();
    return client.resource(pod).create();
  }

  /** The kubelet starts the container; nothing listens in it yet. */
  Pod run(Pod pod) {
    return status(
        pod, p -> new PodBuilder(Kube.running(p)).editStatus().withPodIP(ip).endStatus().build());
  }

  /** A trainer begins to serve at the address of all pods of this node. */
  FakeTrainer serve() {
    trainers.forEach(FakeTrainer::close);
    var trainer = new FakeTrainer(ip, port);
    trainers.add(trainer);
    return trainer;
  }

  Pod unschedulable(Pod pod, String message) {
    return status(pod, p -> Kube.unschedulable(p, message));
  }

  Pod waiting(Pod pod, String reason, String message) {
    return status(pod, p -> Kube.waiting(p, reason, message));
  }

  Pod end(Pod pod, int exitCode, String reason, String message) {
    return status(pod, p -> Kube.ended(p, exitCode, reason, message));
  }

  void delete(Pod pod) {
    client.resource(pod).withGracePeriod(0).delete();
  }

  /** As Kueue does it. */
  void suspendJob(String name, boolean suspend) {
    job(name);
    jobs(name).patch("{\"spec\":{\"suspend\":%b}}".formatted(suspend));
  }

  /** What is left of an earlier SFTJob of that name. */
  Job namesake(String name) {
    var earlier = Specs.job(name, Specs.MINIMAL);
    earlier.getMetadata().setNamespace(namespace);
    var job = Kube.job(earlier, 1);
    job.getMetadata().setUid(null);
    return client.resource(job).create();
  }

  void complete(Job job) {
    var now = Instant.now().toString();
    setStatus(
        job,
        new JobStatusBuilder()
            .withStartTime(now)
            .withCompletionTime(now)
            .withSucceeded(1)
            .addToConditions(condition("SuccessCriteriaMet", "CompletionsReached", "done", now))
            .addToConditions(condition("Complete", "CompletionsReached", "done", now))
            .build());
  }

  void fail(Job job, String reason, String message) {
    var now = Instant.now().toString();
    setStatus(
        job,
        new JobStatusBuilder()
            .withStartTime(now)
            .withFailed(1)
            .addToConditions(condition("FailureTarget", reason, message, now))
            .addToConditions(condition("Failed", reason, message, now))
            .build());
  }

  /** The garbage collector: pods first, then the Job that waited for them. */
  void collect(Job job) {
    jobs(job.getMetadata().getName())
        .waitUntilCondition(
            j -> j == null || j.getMetadata().getDeletionTimestamp() != null, 20, TimeUnit.SECONDS);
    client
        .pods()
        .inNamespace(namespace)
        .withLabel("batch.kubernetes.io/controller-uid", job.getMetadata().getUid())
        .withGracePeriod(0)
        .delete();
    jobs(job.getMetadata().getName())
        .edit(
            j -> {
              j.getMetadata().setFinalizers(List.of());
              return j;
            });
    jobs(job.getMetadata().getName()).waitUntilCondition(j -> j == null, 20, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    trainers.forEach(FakeTrainer::close);
  }

  private ScalableResource<Job> jobs(String name) {
    return client.batch().v1().jobs().inNamespace(namespace).withName(name);
  }

  private static JobCondition condition(String type, String reason, String message, String now) {
    return new JobConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withReason(reason)
        .withMessage(message)
        .withLastProbeTime(now)
        .withLastTransitionTime(now)
        .build();
  }

  private Pod status(Pod pod, UnaryOperator<Pod> change) {
    return client
        .pods()
        .inNamespace(namespace)
        .withName(pod.getMetadata().getName())
        .editStatus(change);
  }

  private void setStatus(Job job, JobStatus status) {
    jobs(job.getMetadata().getName())
        .editStatus(
            j -> {
              j.setStatus(status);
              return j;
            });
  }
}
