package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.kube.Pods;
import io.sftjob.operator.progress.Pull;
import io.sftjob.operator.progress.TerminationMessages;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the newest word of a job's trainers: what was pulled, and what ended pods left behind. */
final class Reports {
  /** The termination message has the same sequence number as the last pull, and more in it. */
  private static final Comparator<ProgressSnapshot> AGE =
      Comparator.comparingInt(ProgressSnapshot::attempt)
          .thenComparingLong(ProgressSnapshot::seq)
          .thenComparing(s -> s.outcome() != null);

  private Reports() {}

  /** The newest report that is not older than the status; pods are asked from newest to oldest. */
  static Optional<ProgressSnapshot> newest(List<Pod> pods, Pull pull, SFTJobStatus status) {
    var ordered = pods.stream().sorted(Pods.OLDEST_FIRST.reversed()).toList();
    for (var pod : ordered) {
      var report = of(pod, pull);
      if (report.isPresent()) {
        var takesOver = pod == ordered.getFirst() && !isPodOf(status, pod);
        return report.filter(r -> !older(r, status, takesOver));
      }
    }
    return Optional.empty();
  }

  private static Optional<ProgressSnapshot> of(Pod pod, Pull pull) {
    var pulled = pull.last().filter(s -> s.podUid().equals(pod.getMetadata().getUid())).stream();
    return Stream.concat(pulled, TerminationMessages.snapshot(pod).stream()).max(AGE);
  }

  private static boolean isPodOf(SFTJobStatus status, Pod pod) {
    return status != null && pod.getMetadata().getName().equals(status.podName());
  }

  /** Steps only grow within an attempt, unless a pod takes over that found no checkpoint. */
  private static boolean older(ProgressSnapshot report, SFTJobStatus status, boolean takesOver) {
    if (status == null || status.attempt() == null) return false;
    if (report.attempt() != status.attempt()) return report.attempt() < status.attempt();
    return !takesOver && status.progress() != null && report.step() < status.progress().step();
  }
}
