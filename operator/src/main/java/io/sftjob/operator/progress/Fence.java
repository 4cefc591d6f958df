package io.sftjob.operator.progress;

import io.fabric8.kubernetes.api.model.Pod;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.operator.kube.Pods;
import io.sftjob.operator.progress.Problem.Kind;
import java.util.Optional;

/** Keeps old and foreign snapshots out. */
final class Fence {
  private Fence() {}

  /** Fails unless the snapshot comes from that very pod. */
  static void own(ProgressSnapshot snapshot, Pod pod) throws UnusableException {
    expect("podUid", pod.getMetadata().getUid(), snapshot.podUid());
    expect("jobUid", Pods.jobUid(pod).orElse(null), snapshot.jobUid());
  }

  /**
   * Fails if the snapshot is older than the last one. A pod that takes over may repeat an attempt
   * that died before it saved anything, so {@code seq} is compared within a pod only.
   */
  static void forward(ProgressSnapshot snapshot, Optional<ProgressSnapshot> last)
      throws UnusableException {
    if (last.isEmpty()) return;
    var before = last.get();
    var samePod = before.podUid().equals(snapshot.podUid());
    if (snapshot.attempt() < before.attempt()
        || samePod && snapshot.attempt() == before.attempt() && snapshot.seq() < before.seq()) {
      throw new UnusableException(
          Kind.WentBackwards,
          "attempt %d, seq %d after attempt %d, seq %d"
              .formatted(snapshot.attempt(), snapshot.seq(), before.attempt(), before.seq()));
    }
  }

  private static void expect(String field, String wanted, String found) throws UnusableException {
    if (!found.equals(wanted)) {
      throw new UnusableException(Kind.Foreign, field + " is " + found + ", expected " + wanted);
    }
  }
}
