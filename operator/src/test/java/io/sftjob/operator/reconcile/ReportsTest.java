package io.sftjob.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.progress.Pull;
import io.sftjob.operator.testing.Kube;
import io.sftjob.operator.testing.Snapshot;
import io.sftjob.operator.testing.Specs;
import io.sftjob.operator.testing.Statuses;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private final Job job = Kube.job(Specs.minimal(), 1);
  private final Pod old = Kube.pod(job, "demo-1-a");
  private final Pod live =
      Kube.created(Kube.running(Kube.pod(job, "demo-1-b")), "2026-01-01T01:00:00Z");

  @Test
  void thePullOfTheNewestPodWins() {
    var pulled = Snapshot.of(live).attempt(2).step(5);
    var left = Kube.ended(old, 137, "Error", Snapshot.of(old).step(9).json());
    assertThat(Reports.newest(List.of(left, live), pull(pulled), null)).contains(pulled.value());
  }

  @Test
  void anEndedPodsLastWordsComeAfterItsLastPull() {
    var pulled = Snapshot.of(old).seq(4).step(4);
    var words = Snapshot.of(old).seq(4).step(4).done();
    var ended = Kube.ended(old, 0, "Completed", words.json());
    assertThat(Reports.newest(List.of(ended), pull(pulled), null)).contains(words.value());
  }

  @Test
  void aCheckpointsWordsDoNotReplaceALaterPull() {
    var pulled = Snapshot.of(old).seq(9).step(9);
    var ended = Kube.ended(old, 137, "OOMKilled", Snapshot.of(old).seq(4).step(4).json());
    assertThat(Reports.newest(List.of(ended), pull(pulled), null)).contains(pulled.value());
  }

  @Test
  void aSilentNewPodLeavesTheWordToTheLast() {
    var words = Snapshot.of(old).step(4);
    var left = Kube.ended(old, 137, "Error", words.json());
    assertThat(Reports.newest(List.of(live, left), Pull.NOTHING, null)).contains(words.value());
  }

  @Test
  void nothingIsOlderThanTheStatus() {
    var left = Kube.ended(old, 137, "Error", Snapshot.of(old).step(4).json());
    assertThat(Reports.newest(List.of(left), Pull.NOTHING, status(2, 9, "demo-1-b"))).isEmpty();
    assertThat(Reports.newest(List.of(left), Pull.NOTHING, status(1, 9, "demo-1-a"))).isEmpty();
    assertThat(Reports.newest(List.of(left), Pull.NOTHING, status(1, 4, "demo-1-a"))).isPresent();
    assertThat(Reports.newest(List.of(left, live), Pull.NOTHING, status(1, 9, "demo-1-b")))
        .isEmpty();
  }

  @Test
  void aPodThatTakesOverMayBeginAnew() {
    var pulled = Snapshot.of(live).step(0);
    assertThat(Reports.newest(List.of(live), pull(pulled), status(1, 9, "demo-1-a")))
        .contains(pulled.value());
  }

  @Test
  void aPullOfAPodThatIsGoneIsNoReport() {
    assertThat(Reports.newest(List.of(live), pull(Snapshot.of(old)), null)).isEmpty();
  }

  private static Pull pull(Snapshot snapshot) {
    return new Pull(Optional.of(snapshot.value()), Optional.empty());
  }

  private static SFTJobStatus status(int attempt, long step, String pod) {
    return Statuses.of(JobState.Running).attempt(attempt).names(null, pod).step(step).value();
  }
}
