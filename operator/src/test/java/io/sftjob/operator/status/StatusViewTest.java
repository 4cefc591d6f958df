package io.sftjob.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.testing.Kube;
import io.sftjob.operator.testing.Snapshot;
import io.sftjob.operator.testing.Specs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The table of states of docs and design, row by row. */
class StatusViewTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");
  private static final Instant LATER = Instant.parse("2026-01-01T00:02:00Z");

  private final SFTJob resource = Specs.minimal();
  private final Job job = Kube.job(resource, 1);
  private final Pod pod = Kube.pod(job, "demo-1-a");
  private final Pod running = Kube.running(pod);
  private final Snapshot report = Snapshot.of(pod);

  @Test
  void pendingWithTheSchedulersOwnWords() {
    var status =
        view(job, null, Kube.unschedulable(pod, "0/3 nodes are available: 3 Insufficient cpu."));
    assertThat(status.state()).isEqualTo(JobState.Pending);
    assertCondition(status, "Succeeded", "Unknown", "Unschedulable");
    assertThat(condition(status, "Succeeded").getMessage())
        .isEqualTo("0/3 nodes are available: 3 Insufficient cpu.");
    assertCondition(status, "Reconciling", "True", "Unschedulable");
  }

  @Test
  void pendingUntilTheJobHasAPod() {
    var status = view(job, null);
    assertThat(status.state()).isEqualTo(JobState.Pending);
    assertCondition(status, "Reconciling", "True", "WaitingForPod");
    assertThat(status.jobName()).isEqualTo("demo-1");
    assertThat(status.execution()).isEqualTo(1);
  }

  @Test
  void queuedWhileSomebodyElseSuspendsTheJob() {
    var status = view(Kube.queued(job), null);
    assertThat(status.state()).isEqualTo(JobState.Queued);
    assertCondition(status, "Queued", "True", "Queued");
    assertNoCondition(status, "Reconciling");
    var admitted = next(status, facts(job, null, running));
    assertCondition(admitted, "Queued", "False", "Admitted");
  }

  @Test
  void startingShowsWhatTheKubeletCanNotGet() {
    var status = view(job, null, Kube.waiting(pod, "ImagePullBackOff", "no such image"));
    assertThat(status.state()).isEqualTo(JobState.Starting);
    assertThat(condition(status, "Running").getMessage())
        .contains("ImagePullBackOff: no such image");
    assertCondition(status, "Running", "False", "Starting");
    assertNoCondition(status, "Reconciling");
  }

  @Test
  void startingUntilThePhaseTrain() {
    for (var phase : List.of(Phase.Resolve, Phase.Load, Phase.Prepare)) {
      var status = view(job, report.phase(phase), running);
      assertThat(status.state()).isEqualTo(JobState.Starting);
      assertThat(condition(status, "Running").getMessage()).contains("phase " + phase);
    }
  }

  @Test
  void runningFromThePhaseTrainOn() {
    var status = view(job, report.step(4).checkpoint(4).ledger(), running);
    assertThat(status.state()).isEqualTo(JobState.Running);
    assertCondition(status, "Running", "True", "Training");
    assertCondition(status, "Succeeded", "Unknown", "Training");
    assertCondition(status, "Checkpointed", "True", "CheckpointSaved");
    assertThat(status.progress().percent()).isEqualTo(40);
    assertThat(status.progress().loss()).isEqualTo("0.4");
    assertThat(status.progress().etaSeconds()).isEqualTo(96);
    assertThat(status.podName()).isEqualTo("demo-1-a");
    assertThat(status.startTime()).isEqualTo("2026-01-01T00:00:03Z");
    assertThat(status.tokens().read()).isEqualTo(100);
    assertThat(status.effective().loraRank()).isEqualTo(16);
    assertThat(status.completionTime()).isNull();
  }

  @Test
  void theTrainersForecastStandsInTheEffectiveSpecAndStays() {
    assertThat(view(job, report, running).effective().memoryEstimate()).isNull();
    var status = view(job, report.memory(1234), running);
    assertThat(status.effective().memoryEstimate().peakBytes()).isEqualTo(1234);
    assertThat(status.effective().dtype()).isEqualTo(ModelDtype.Auto);
    assertThat(view(job, report.dtype(ModelDtype.BFloat16), running).effective().dtype())
        .isEqualTo(ModelDtype.BFloat16);
    var later =
        next(
            status,
            new Facts(
                Optional.of(job),
                1,
                List.of(running),
                Optional.of(report.seq(9).value()),
                Optional.empty(),
                Optional.empty()));
    assertThat(later.effective().memoryEstimate()).isEqualTo(status.effective().memoryEstimate());
  }

  @Test
  void everythingATrainerSaysIsThereAndSmall() {
    var status = view(job, report.everything(), running);
    assertThat(status.checkpoints()).hasSize(10);
    assertThat(status.bestCheckpoint().step()).isEqualTo(100_003);
    assertThat(status.tokens().drops()).hasSize(12).extracting(d -> d.tokens()).containsOnly(10L);
    assertThat(status.evalTokens()).isEqualTo(report.everything().value().evalLedger());
    assertThat(status.progress())
        .hasNoNullFieldsOrProperties()
        .hasFieldOrPropertyWithValue("evalPerplexity", "3.32012")
        .hasFieldOrPropertyWithValue("fill", "0.987654")
        .hasFieldOrPropertyWithValue("skippedSteps", 3L);
    assertThat(Serialization.asJson(status).getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8192);
    assertThat(next(status, facts(job, null)))
        .satisfies(
            kept -> {
              assertThat(kept.bestCheckpoint()).isEqualTo(status.bestCheckpoint());
              assertThat(kept.evalTokens()).isEqualTo(status.evalTokens());
            });
  }

  @Test
  void silenceIsNeverAFailure() {
    var before = view(job, report.step(4), running);
    var silent =
        new Facts(
            Optional.of(job),
            1,
            List.of(running),
            Optional.of(report.step(4).value()),
            Optional.of(new Cause("Unreachable", "connection refused")),
            Optional.empty());
    var status = next(before, silent);
    assertThat(status.state()).isEqualTo(JobState.Running);
    assertCondition(status, "ProgressStale", "True", "Unreachable");
    var back = next(status, facts(job, report.seq(2).step(5), running));
    assertCondition(back, "ProgressStale", "False", "ProgressReceived");
  }

  @Test
  void aPodThatNeverAnswersRunsForAllWeKnow() {
    var status =
        of(
            resource,
            new Facts(
                Optional.of(job),
                1,
                List.of(running),
                Optional.empty(),
                Optional.of(new Cause("TimedOut", "no answer within 2000 ms")),
                Optional.empty()),
            NOW);
    assertThat(status.state()).isEqualTo(JobState.Running);
    assertCondition(status, "Running", "Unknown", "ProgressUnknown");
  }

  @Test
  void betweenTwoPodsItIsPendingAndKeepsWhatIsKnown() {
    var before = view(job, report.step(4).checkpoint(4), running);
    var killed = Kube.ended(pod, 137, "OOMKilled", "");
    var status = next(before, facts(job, null, killed));
    assertThat(status.state()).isEqualTo(JobState.Pending);
    assertCondition(status, "Succeeded", "Unknown", "Retrying");
    assertThat(condition(status, "Succeeded").getMessage())
        .contains("demo-1-a", "exit code 137", "OOMKilled");
    assertThat(status.progress().step()).isEqualTo(4);
    assertThat(status.progress().etaSeconds()).isNull();
    assertThat(status.checkpoints()).hasSize(1);
  }

  @Test
  void noRetryIsPromisedWhereNoneCanHelp() {
    var before = view(job, report.step(4), running);
    var status = next(before, facts(job, null, Kube.ended(pod, 11, "Error", "")));
    assertThat(status.state()).isEqualTo(JobState.Pending);
    assertCondition(status, "Succeeded", "Unknown", "Failing");
    assertThat(condition(status, "Succeeded").getMessage())
        .contains("ModelNotUsable", "No retry can help");
  }

  @Test
  void suspendingThenSuspended() {
    var suspend = Specs.job("demo", Specs.MINIMAL + "suspend: true\n");
    var before = view(job, report.step(4).checkpoint(4), running);
    suspend.setStatus(before);
    var stopping = of(suspend, facts(Kube.deleting(job), null, running), LATER);
    assertThat(stopping.state()).isEqualTo(JobState.Running);
    assertCondition(stopping, "Reconciling", "True", "Suspending");
    suspend.setStatus(stopping);
    var status = of(suspend, facts(null, null), LATER);
    assertThat(status.state()).isEqualTo(JobState.Suspended);
    assertCondition(status, "Suspended", "True", "Suspended");
    assertCondition(status, "Running", "False", "Suspended");
    assertCondition(status, "Checkpointed", "True", "CheckpointSaved");
    assertCondition(status, "Succeeded", "Unknown", "Suspended");
    assertNoCondition(status, "Reconciling");
    assertThat(status.checkpoints().getFirst().step()).isEqualTo(4);
    assertThat(status.jobName()).isEqualTo("demo-1");
  }

  @Test
  void resumedWaitsForTheOldPods() {
    var status = of(resource, facts(null, null, running), NOW);
    assertThat(status.state()).isEqualTo(JobState.Pending);
    assertCondition(status, "Reconciling", "True", "WaitingForOldPods");
  }

  @Test
  void succeededNeedsTheArtifact() {
    var ended = Kube.ended(pod, 0, "Completed", "");
    var status = view(Kube.complete(job), report.done(), ended);
    assertThat(status.state()).isEqualTo(JobState.Succeeded);
    assertCondition(status, "Succeeded", "True", "Succeeded");
    assertCondition(status, "Running", "False", "Succeeded");
    assertNoCondition(status, "Stalled");
    assertThat(status.artifacts().getFirst().uri()).isEqualTo("pvc://runs/demo/adapter");
    assertThat(status.completionTime()).isEqualTo("2026-01-01T02:00:00Z");

    var unknown = view(Kube.complete(job), null, ended);
    assertThat(unknown.state()).isEqualTo(JobState.Failed);
    assertCondition(unknown, "Succeeded", "False", "ResultUnknown");
    assertThat(condition(unknown, "Succeeded").getMessage())
        .contains("pvc://runs/demo/adapter", "manifest.json");
  }

  @Test
  void aSuspensionThatComesTooLateDoesNotHideTheResult() {
    var suspend = Specs.job("demo", Specs.MINIMAL + "suspend: true\n");
    var status =
        of(
            suspend,
            facts(Kube.deleting(job), report.done(), Kube.ended(pod, 0, "Completed", "")),
            NOW);
    assertThat(status.state()).isEqualTo(JobState.Succeeded);
  }

  @Test
  void failedGivesTheTrainersReasonAndWords() {
    var words = "train.jsonl line 7: expected `messages`";
    var ended = Kube.ended(pod, 12, "Error", "");
    var failed =
        Kube.failed(job, "PodFailurePolicy", "Container trainer failed with exit code 12.");
    var status = view(failed, report.failed("DataNotUsable", words), ended);
    assertThat(status.state()).isEqualTo(JobState.Failed);
    assertCondition(status, "Succeeded", "False", "DataNotUsable");
    assertCondition(status, "Stalled", "True", "DataNotUsable");
    assertThat(condition(status, "Stalled").getMessage()).startsWith(words).contains("demo-1-a");
    assertThat(status.completionTime()).isEqualTo("2026-01-01T03:00:00Z");
  }

  @Test
  void failedWithoutASnapshotGivesTheEndOfTheLog() {
    var ended = Kube.ended(pod, 1, "Error", "Exception in thread \"main\": no such class\n");
    var status = view(Kube.failed(job, "BackoffLimitExceeded", "too many"), null, ended);
    assertCondition(status, "Succeeded", "False", "BackoffLimitExceeded");
    assertThat(condition(status, "Succeeded").getMessage())
        .contains("no such class", "exit code 1", "too many");
  }

  @Test
  void memoryAndRefusalsHaveNames() {
    var failed = Kube.failed(job, "BackoffLimitExceeded", "too many");
    var oom = view(failed, null, Kube.ended(pod, 137, "OOMKilled", null));
    assertCondition(oom, "Succeeded", "False", "OutOfMemory");
    assertThat(condition(oom, "Succeeded").getMessage()).contains("limits.memory");
    var refused = view(failed, null, Kube.refused(pod, "UnexpectedAdmissionError", "no devices"));
    assertCondition(refused, "Succeeded", "False", "UnexpectedAdmissionError");
    assertThat(condition(refused, "Succeeded").getMessage()).contains("no devices");
    var gone = view(failed, null);
    assertCondition(gone, "Succeeded", "False", "BackoffLimitExceeded");
  }

  @Test
  void theEndIsSticky() {
    var done = view(Kube.complete(job), report.done(), Kube.ended(pod, 0, "Completed", ""));
    assertThat(next(done, facts(null, null))).isEqualTo(done);
    var edited = Specs.with(Specs.job("demo", Specs.MINIMAL + "suspend: true\n"), done);
    edited.getMetadata().setGeneration(2L);
    var after = of(edited, facts(null, null), LATER);
    assertThat(after.state()).isEqualTo(JobState.Succeeded);
    assertThat(after.observedGeneration()).isEqualTo(2);
    assertThat(after.conditions()).allMatch(c -> c.getObservedGeneration() == 2);
    assertThat(after.completionTime()).isEqualTo(done.completionTime());
  }

  @Test
  void invalidIsForGoodAndATakenNameIsNot() {
    var invalid = obstacle(Reason.Invalid);
    assertThat(invalid.state()).isEqualTo(JobState.Failed);
    assertCondition(invalid, "Stalled", "True", "Invalid");
    var taken = obstacle(Reason.NameTaken);
    assertThat(taken.state()).isEqualTo(JobState.Pending);
    assertCondition(taken, "Reconciling", "True", "NameTaken");
    assertNoCondition(taken, "Stalled");
  }

  @Test
  void transitionTimesMoveOnlyWithTheStatusOfACondition() {
    var first = of(resource, facts(job, report.step(1), running), NOW);
    resource.setStatus(first);
    var second = of(resource, facts(job, report.seq(2).step(2).checkpoint(2), running), LATER);
    assertThat(condition(second, "Running").getLastTransitionTime()).isEqualTo(NOW.toString());
    assertThat(condition(second, "Checkpointed").getLastTransitionTime())
        .isEqualTo(LATER.toString());
    resource.setStatus(second);
    assertThat(of(resource, facts(job, report.seq(2).step(2).checkpoint(2), running), LATER))
        .isEqualTo(second);
  }

  @Test
  void aLongMessageIsCutWithAMark() {
    var words = "x".repeat(10_000);
    var failed = Kube.failed(job, "PodFailurePolicy", "m");
    var status =
        view(failed, report.failed("InvalidSpec", words), Kube.ended(pod, 10, "Error", ""));
    assertThat(condition(status, "Succeeded").getMessage()).hasSize(4096).endsWith("…");
  }

  @Test
  void anErrorOfTheOperatorIsShownAndKeepsTheRest() {
    resource.setStatus(view(job, report.step(4), running));
    var status = StatusView.afterError(resource, "exceeded quota", LATER);
    assertCondition(status, "Reconciling", "True", "OperatorError");
    assertThat(condition(status, "Reconciling").getMessage()).isEqualTo("exceeded quota");
    assertThat(status.state()).isEqualTo(JobState.Running);
    assertCondition(status, "Running", "True", "Training");
  }

  private SFTJobStatus obstacle(Reason reason) {
    return of(
        resource,
        new Facts(
            Optional.empty(),
            0,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Cause.of(reason, "why"))),
        NOW);
  }

  private SFTJobStatus view(Job job, Snapshot report, Pod... pods) {
    return of(Specs.minimal(), facts(job, report, pods), NOW);
  }

  private SFTJobStatus next(SFTJobStatus before, Facts facts) {
    return of(Specs.with(Specs.minimal(), before), facts, LATER);
  }

  /** Every status must survive the way through the API server, and speak of its generation. */
  private static SFTJobStatus of(SFTJob resource, Facts facts, Instant now) {
    var status = StatusView.of(resource, facts, now);
    assertThat(status.observedGeneration()).isEqualTo(resource.getMetadata().getGeneration());
    assertThat(status.conditions())
        .allSatisfy(
            c -> {
              assertThat(c.getObservedGeneration()).isEqualTo(status.observedGeneration());
              assertThat(c.getReason()).isNotBlank();
              assertThat(c.getMessage()).isNotBlank();
            });
    return status;
  }

  private static Facts facts(Job job, Snapshot report, Pod... pods) {
    return new Facts(
        Optional.ofNullable(job),
        1,
        List.of(pods),
        Optional.ofNullable(report).map(Snapshot::value),
        Optional.empty(),
        Optional.empty());
  }

  private static void assertCondition(
      SFTJobStatus status, String type, String truth, String reason) {
    assertThat(condition(status, type).getStatus()).as(type).isEqualTo(truth);
    assertThat(condition(status, type).getReason()).as(type).isEqualTo(reason);
  }

  private static void assertNoCondition(SFTJobStatus status, String type) {
    assertThat(status.conditions()).extracting(Condition::getType).doesNotContain(type);
  }

  private static Condition condition(SFTJobStatus status, String type) {
    assertThat(status.conditions()).extracting(Condition::getType).contains(type);
    return status.conditions().stream()
        .filter(c -> c.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }
}
