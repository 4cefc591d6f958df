package io.sftjob.operator.progress;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.operator.kube.Pods;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A trainer's last words, kept by the kubelet: they outlive the process and an absent operator. */
public final class TerminationMessages {
  private TerminationMessages() {}

  /** The snapshot in the pod's termination message, if there is one of that very pod. */
  public static Optional<ProgressSnapshot> snapshot(Pod pod) {
    return Pods.ended(pod)
        .map(ContainerStateTerminated::getMessage)
        .flatMap(message -> parse(message, pod));
  }

  private static Optional<ProgressSnapshot> parse(String message, Pod pod) {
    try {
      var snapshot = Snapshots.read(message.getBytes(StandardCharsets.UTF_8));
      Fence.own(snapshot, pod);
      return Optional.of(snapshot);
    } catch (UnusableException e) {
      // Without a snapshot Kubernetes puts the end of the log there; the failure's cause shows it.
      return Optional.empty();
    }
  }
}
