package io.sftjob.operator.status;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.kube.Jobs;
import io.sftjob.operator.kube.Pods;

/** The table of states as a function, read from the end of a job's life to its beginning. */
final class Judge {
  private Judge() {}

  static Verdict of(SFTJob resource, JobState before, Facts facts, Known known) {
    if (facts.complete()) return completed(resource, known);
    var failed = facts.job().flatMap(Jobs::failed);
    if (failed.isPresent()) return Verdict.failed(FailureCause.of(failed.get(), facts));
    if (facts.obstacle().isPresent()) return obstructed(facts.obstacle().get());
    if (Boolean.TRUE.equals(resource.getSpec().suspend())) return suspended(before, facts);
    return facts.job().map(job -> withJob(job, facts)).orElseGet(() -> withoutJob(facts));
  }

  private static Verdict completed(SFTJob resource, Known known) {
    if (!known.artifacts().isEmpty()) {
      var adapter = known.artifacts().getFirst();
      return Verdict.of(
          JobState.Succeeded, Reason.Succeeded, "The adapter is at " + adapter.uri() + ".");
    }
    return Verdict.failed(
        Cause.of(
            Reason.ResultUnknown,
            "The Job completed, but the trainer's report of its adapter was not found: neither its"
                + " progress nor its termination message could be read. If "
                + resource.getSpec().output().uri()
                + "/adapter has a manifest.json, the adapter is whole."));
  }

  private static Verdict obstructed(Cause obstacle) {
    return obstacle.reason().equals(Reason.Invalid.name())
        ? Verdict.failed(obstacle)
        : new Verdict(JobState.Pending, obstacle, true);
  }

  private static Verdict suspended(JobState before, Facts facts) {
    if (facts.job().isPresent() || facts.anyPodLeft()) {
      var state = before == null || before == JobState.Suspended ? JobState.Running : before;
      return Verdict.busy(
          state, Reason.Suspending, "The trainer is asked to stop; it saves a checkpoint first.");
    }
    return Verdict.of(
        JobState.Suspended, Reason.Suspended, "Set suspend to false to go on from the checkpoint.");
  }

  private static Verdict withoutJob(Facts facts) {
    if (facts.anyPodLeft()) return waitingForOldPods();
    return Verdict.busy(JobState.Pending, Reason.Creating, "The Job is about to be created.");
  }

  private static Verdict withJob(Job job, Facts facts) {
    if (Jobs.isBeingDeleted(job)) return waitingForOldPods();
    if (Jobs.isSuspended(job)) {
      return Verdict.of(JobState.Queued, Reason.Queued, "The Job waits for its queue to admit it.");
    }
    return facts
        .pod()
        .map(pod -> withPod(pod, facts))
        .orElseGet(
            () ->
                Verdict.busy(
                    JobState.Pending,
                    Reason.WaitingForPod,
                    "The Job has no pod yet. If it stays so: kubectl describe job "
                        + job.getMetadata().getName()));
  }

  private static Verdict waitingForOldPods() {
    return Verdict.busy(
        JobState.Pending,
        Reason.WaitingForOldPods,
        "The pods of the last execution are not gone yet; two trainers must not write at once.");
  }

  private static Verdict withPod(Pod pod, Facts facts) {
    var name = pod.getMetadata().getName();
    if (Pods.succeeded(pod)) {
      return Verdict.of(JobState.Running, Reason.Training, "Pod " + name + " has finished.");
    }
    if (Pods.isOver(pod)) return over(pod);
    if (Pods.isRunning(pod)) return running(pod, facts);
    return Pods.unscheduled(pod)
        .map(c -> Verdict.busy(JobState.Pending, Reason.Unschedulable, scheduler(c.getMessage())))
        .orElseGet(() -> starting(pod));
  }

  /** Between the end of a pod and the Job's word on it. */
  private static Verdict over(Pod pod) {
    return FailureCause.isPermanent(pod)
        ? Verdict.of(
            JobState.Pending, Reason.Failing, FailureCause.ending(pod) + " No retry can help.")
        : Verdict.of(
            JobState.Pending,
            Reason.Retrying,
            FailureCause.ending(pod)
                + " Unless backoffLimit is used up, another pod goes on from the checkpoint.");
  }

  private static String scheduler(String message) {
    return message == null ? "The pod is not scheduled yet." : message;
  }

  /** The kubelet's word on an image or a volume that it can not get is what people need. */
  private static Verdict starting(Pod pod) {
    var why =
        Pods.waiting(pod)
            .filter(w -> w.getReason() != null)
            .map(w -> w.getReason() + (w.getMessage() == null ? "" : ": " + w.getMessage()))
            .orElse("the node prepares it");
    return Verdict.of(
        JobState.Starting,
        Reason.Starting,
        "Pod " + pod.getMetadata().getName() + " is not running yet: " + why);
  }

  private static Verdict running(Pod pod, Facts facts) {
    var report = facts.report().filter(r -> r.podUid().equals(pod.getMetadata().getUid()));
    if (report.isPresent()) return inPhase(pod, report.get());
    return facts
        .silence()
        .map(
            s ->
                Verdict.of(
                    JobState.Running,
                    Reason.ProgressUnknown,
                    "Pod "
                        + pod.getMetadata().getName()
                        + " runs, but its progress can not be read: "
                        + s.message()))
        .orElseGet(
            () ->
                Verdict.of(
                    JobState.Starting,
                    Reason.Starting,
                    "Pod " + pod.getMetadata().getName() + " has started."));
  }

  private static Verdict inPhase(Pod pod, ProgressSnapshot report) {
    var text = "Pod " + pod.getMetadata().getName() + " is in phase " + report.phase() + ".";
    return report.phase().compareTo(Phase.Train) < 0
        ? Verdict.of(JobState.Starting, Reason.Starting, text)
        : Verdict.of(JobState.Running, Reason.Training, text);
  }
}
