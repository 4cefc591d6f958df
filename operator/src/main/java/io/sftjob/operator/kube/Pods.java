package io.sftjob.operator.kube;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a trainer's pod says of itself in the API. */
public final class Pods {
  /** The name of the one container. */
  public static final String TRAINER = "trainer";

  /** By creation, in whole seconds as Kubernetes keeps it; names make the order total. */
  public static final Comparator<Pod> OLDEST_FIRST =
      Comparator.comparing((Pod p) -> p.getMetadata().getCreationTimestamp())
          .thenComparing(Pods::isOver, Comparator.reverseOrder())
          .thenComparing(p -> p.getMetadata().getName());

  private Pods() {}

  /** True if no container of the pod runs, or will ever run again. */
  public static boolean isOver(Pod pod) {
    var phase = pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  public static boolean succeeded(Pod pod) {
    return "Succeeded".equals(pod.getStatus().getPhase());
  }

  public static boolean isRunning(Pod pod) {
    return !isOver(pod) && trainer(pod).map(ContainerState::getRunning).isPresent();
  }

  public static boolean isReachable(Pod pod) {
    return isRunning(pod) && pod.getStatus().getPodIP() != null;
  }

  public static boolean ownedBy(Pod pod, String jobUid) {
    return pod.getMetadata().getOwnerReferences().stream().anyMatch(o -> o.getUid().equals(jobUid));
  }

  /** The UID of the Job that made the pod. */
  public static Optional<String> jobUid(Pod pod) {
    return pod.getMetadata().getOwnerReferences().stream()
        .filter(o -> "Job".equals(o.getKind()) && Boolean.TRUE.equals(o.getController()))
        .map(o -> o.getUid())
        .findFirst();
  }

  public static Optional<Pod> newest(List<Pod> pods) {
    return pods.stream().max(OLDEST_FIRST);
  }

  /** How the trainer ended. */
  public static Optional<ContainerStateTerminated> ended(Pod pod) {
    return trainer(pod).map(ContainerState::getTerminated);
  }

  /** Why the trainer does not start yet. */
  public static Optional<ContainerStateWaiting> waiting(Pod pod) {
    return trainer(pod).map(ContainerState::getWaiting);
  }

  /** The condition that says that no node was found, if it is so. */
  public static Optional<PodCondition> unscheduled(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .filter(c -> "PodScheduled".equals(c.getType()) && !"True".equals(c.getStatus()))
        .findFirst();
  }

  private static Optional<ContainerState> trainer(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(c -> TRAINER.equals(c.getName()))
        .findFirst()
        .map(ContainerStatus::getState);
  }
}
