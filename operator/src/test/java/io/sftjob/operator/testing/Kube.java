package io.sftjob.operator.testing;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.child.TrainerJob;
import io.sftjob.operator.config.Settings;
import java.time.Duration;
import java.util.function.Consumer;

/** Jobs and pods in the states that their controllers give them. */
public final class Kube {
  public static final Settings SETTINGS =
      new Settings(
          new Settings.Trainer("sft/trainer:test", "IfNotPresent", 120, 8080),
          new Settings.Progress(
              Duration.ofSeconds(2), Duration.ofSeconds(15), Duration.ofSeconds(30)));

  private Kube() {}

  /** The Job of an execution, as it is after creation. */
  public static Job job(SFTJob owner, int execution) {
    return new JobBuilder(TrainerJob.desired(owner, execution, SETTINGS.trainer()))
        .editMetadata()
        .withUid("job-" + execution)
        .endMetadata()
        .build();
  }

  public static Job complete(Job job) {
    return new JobBuilder(job)
        .withNewStatus()
        .withCompletionTime("2026-01-01T02:00:00Z")
        .addNewCondition()
        .withType("Complete")
        .withStatus("True")
        .endCondition()
        .endStatus()
        .build();
  }

  public static Job failed(Job job, String reason, String message) {
    return new JobBuilder(job)
        .withNewStatus()
        .addNewCondition()
        .withType("Failed")
        .withStatus("True")
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime("2026-01-01T03:00:00Z")
        .endCondition()
        .endStatus()
        .build();
  }

  public static Job deleting(Job job) {
    return new JobBuilder(job)
        .editMetadata()
        .withDeletionTimestamp("2026-01-01T04:00:00Z")
        .endMetadata()
        .build();
  }

  public static Job queued(Job job) {
    return new JobBuilder(job).editSpec().withSuspend(true).endSpec().build();
  }

  /** A pod of the Job that is not scheduled yet. */
  public static Pod pod(Job job, String name) {
    return new PodBuilder()
        .withNewMetadataLike(job.getSpec().getTemplate().getMetadata())
        .withName(name)
        .withNamespace(job.getMetadata().getNamespace())
        .withUid("uid-" + name)
        .withCreationTimestamp("2026-01-01T00:00:00Z")
        .addNewOwnerReference()
        .withApiVersion("batch/v1")
        .withKind("Job")
        .withName(job.getMetadata().getName())
        .withUid(job.getMetadata().getUid())
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withNewStatus()
        .withPhase("Pending")
        .endStatus()
        .build();
  }

  public static Pod created(Pod pod, String time) {
    return new PodBuilder(pod).editMetadata().withCreationTimestamp(time).endMetadata().build();
  }

  public static Pod unschedulable(Pod pod, String message) {
    return new PodBuilder(pod)
        .editStatus()
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("False")
        .withReason("Unschedulable")
        .withMessage(message)
        .endCondition()
        .endStatus()
        .build();
  }

  public static Pod waiting(Pod pod, String reason, String message) {
    return trainer(
        pod,
        "Pending",
        s -> {
          s.setWaiting(new ContainerStateWaiting(message, reason));
        });
  }

  public static Pod running(Pod pod) {
    var running =
        trainer(
            pod, "Running", s -> s.setRunning(new ContainerStateRunning("2026-01-01T00:00:05Z")));
    return new PodBuilder(running)
        .editStatus()
        .withPodIP("127.0.0.1")
        .withStartTime("2026-01-01T00:00:03Z")
        .endStatus()
        .build();
  }

  /** The pod after its trainer ended so. */
  public static Pod ended(Pod pod, int exitCode, String reason, String message) {
    return trainer(
        running(pod),
        exitCode == 0 ? "Succeeded" : "Failed",
        s -> {
          var ended = new ContainerStateTerminated();
          ended.setExitCode(exitCode);
          ended.setReason(reason);
          ended.setMessage(message);
          s.setTerminated(ended);
        });
  }

  /** A pod that never had a container: the node refused it. */
  public static Pod refused(Pod pod, String reason, String message) {
    return new PodBuilder(pod)
        .editStatus()
        .withPhase("Failed")
        .withReason(reason)
        .withMessage(message)
        .endStatus()
        .build();
  }

  private static Pod trainer(Pod pod, String phase, Consumer<ContainerState> set) {
    var state = new ContainerState();
    set.accept(state);
    return new PodBuilder(pod)
        .editStatus()
        .withPhase(phase)
        .withConditions()
        .withContainerStatuses()
        .addNewContainerStatus()
        .withName("trainer")
        .withState(state)
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
