package io.sftjob.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.progress.Pull;
import io.sftjob.operator.reconcile.Action.Create;
import io.sftjob.operator.reconcile.Action.Delete;
import io.sftjob.operator.reconcile.Action.Refuse;
import io.sftjob.operator.reconcile.Action.Watch;
import io.sftjob.operator.testing.Kube;
import io.sftjob.operator.testing.Specs;
import io.sftjob.operator.testing.Statuses;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlanTest {
  private final SFTJob job = Specs.minimal();
  private final SFTJob suspended = Specs.job("demo", Specs.MINIMAL + "suspend: true\n");
  private final Job first = Kube.job(job, 1);
  private final Pod running = Kube.running(Kube.pod(first, "demo-1-a"));

  @Test
  void aNewJobStartsItsFirstExecution() {
    assertThat(Plan.of(job, seen(null))).isEqualTo(new Create(1));
  }

  @Test
  void aJobThatIsThereIsLeftAlone() {
    assertThat(Plan.of(job, seen(1, first))).isInstanceOf(Watch.class);
    assertThat(Plan.of(job, seen(null, first))).isInstanceOf(Watch.class);
  }

  @Test
  void suspendDeletesTheJobOnce() {
    assertThat(Plan.of(suspended, seen(1, first))).isEqualTo(new Delete(first));
    assertThat(Plan.of(suspended, seen(1, Kube.deleting(first)))).isInstanceOf(Watch.class);
    assertThat(Plan.of(suspended, seen(1))).isInstanceOf(Watch.class);
  }

  @Test
  void suspendBeforeTheStartStartsNothing() {
    assertThat(Plan.of(suspended, seen(null))).isInstanceOf(Watch.class);
  }

  @Test
  void suspendDoesNotThrowAFinishedResultAway() {
    assertThat(Plan.of(suspended, seen(1, Kube.complete(first)))).isInstanceOf(Watch.class);
    assertThat(Plan.of(suspended, seen(1, Kube.failed(first, "x", "y")))).isInstanceOf(Watch.class);
  }

  @Test
  void theNextExecutionWaitsUntilTheLastPodHasEnded() {
    assertThat(Plan.of(job, seen(1, Kube.deleting(first)))).isInstanceOf(Watch.class);
    assertThat(Plan.of(job, new Observed(Optional.empty(), 1, List.of(running), Pull.NOTHING)))
        .isInstanceOf(Watch.class);
    var ended = Kube.ended(Kube.pod(first, "demo-1-a"), 75, "Error", "");
    assertThat(Plan.of(job, new Observed(Optional.empty(), 1, List.of(ended), Pull.NOTHING)))
        .isEqualTo(new Create(2));
  }

  @Test
  void theNumberOfExecutionsSurvivesALostStatusAndALostJob() {
    assertThat(Plan.of(job, seen(3))).isEqualTo(new Create(4));
    assertThat(seen(null, first, Kube.job(job, 2)).execution()).isEqualTo(2);
    assertThat(seen(1, Kube.job(job, 2)).job()).contains(Kube.job(job, 2));
  }

  @ParameterizedTest
  @EnumSource(
      value = JobState.class,
      names = {"Succeeded", "Failed"})
  void aFinishedJobIsNeverStartedAgain(JobState state) {
    var done = Statuses.of(state).value();
    assertThat(Plan.of(Specs.with(Specs.minimal(), done), seen(1))).isInstanceOf(Watch.class);
  }

  @Test
  void aFileOfTheUsersMachineIsRefusedByName() {
    var local =
        Specs.job(
            "demo",
            """
            model: {uri: pvc://models/tiny}
            dataset: {train: {uri: "file:///home/me/train.jsonl"}}
            output: {uri: pvc://runs/demo}
            """);
    assertThat(Plan.of(local, seen(null)))
        .isInstanceOfSatisfying(
            Refuse.class,
            r ->
                assertThat(r.message())
                    .contains("spec.dataset.train.uri", "file:///home/me/train.jsonl", "pvc://"));
  }

  private static Observed seen(Integer recorded, Job... jobs) {
    return Observed.of(List.of(jobs), recorded, List.of(), Pull.NOTHING);
  }
}
