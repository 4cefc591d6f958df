package io.sftjob.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.operator.kube.Pods;
import java.util.Optional;

/** Why a run failed: the exit code names it, the trainer's own message explains it. */
final class FailureCause {
  private static final String KILLED_FOR_MEMORY = "OOMKilled";

  private FailureCause() {}

  static Cause of(JobCondition failed, Facts facts) {
    var pod = facts.pod().filter(Pods::isOver);
    if (pod.isEmpty()) {
      return new Cause(
          failed.getReason(), failed.getMessage() + " No pod is left that could tell more.");
    }
    var report = facts.report().filter(r -> r.podUid().equals(pod.get().getMetadata().getUid()));
    return new Cause(reason(pod.get(), failed), message(pod.get(), report, failed));
  }

  /** How a pod ended, in a sentence. */
  static String ending(Pod pod) {
    return Pods.ended(pod)
        .map(
            t ->
                "Pod %s ended with exit code %d (%s)."
                    .formatted(
                        pod.getMetadata().getName(),
                        t.getExitCode(),
                        exitCode(t).map(Enum::name).orElse(t.getReason())))
        .orElse(
            "Pod %s failed (%s)."
                .formatted(pod.getMetadata().getName(), pod.getStatus().getReason()));
  }

  /** True where the trainer said that another pod would fail as this one did. */
  static boolean isPermanent(Pod pod) {
    return Pods.ended(pod).flatMap(FailureCause::exitCode).filter(ExitCode::permanent).isPresent();
  }

  private static String reason(Pod pod, JobCondition failed) {
    var ended = Pods.ended(pod);
    if (ended.filter(t -> KILLED_FOR_MEMORY.equals(t.getReason())).isPresent()) {
      return Reason.OutOfMemory.name();
    }
    return ended
        .flatMap(FailureCause::exitCode)
        .filter(code -> code != ExitCode.Done)
        .map(Enum::name)
        .or(() -> Optional.ofNullable(pod.getStatus().getReason()))
        .orElse(failed.getReason());
  }

  private static String message(Pod pod, Optional<ProgressSnapshot> report, JobCondition failed) {
    var own =
        report
            .map(ProgressSnapshot::message)
            .or(() -> Pods.ended(pod).flatMap(FailureCause::memory))
            .or(() -> report.isPresent() ? Optional.empty() : lastWords(pod))
            .or(() -> Optional.ofNullable(pod.getStatus().getMessage()));
    var end = ending(pod) + " " + failed.getMessage();
    return own.map(words -> words.strip() + "\n" + end).orElse(end);
  }

  private static Optional<String> memory(ContainerStateTerminated ended) {
    return KILLED_FOR_MEMORY.equals(ended.getReason())
        ? Optional.of(
            "The node's kernel ended the trainer because it needed more memory than its limit:"
                + " raise compute.resources.limits.memory, or lower training.batchSize or"
                + " packing.maxLength.")
        : Optional.empty();
  }

  private static Optional<String> lastWords(Pod pod) {
    return Pods.ended(pod).map(ContainerStateTerminated::getMessage).filter(m -> !m.isBlank());
  }

  private static Optional<ExitCode> exitCode(ContainerStateTerminated ended) {
    return ExitCode.of(ended.getExitCode());
  }
}
