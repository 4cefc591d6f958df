package io.sftjob.operator.status;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.operator.kube.Jobs;
import io.sftjob.operator.kube.Pods;
import java.util.List;
import java.util.Optional;

/**
 * What a status is derived from.
 *
 * @param job the Job of the current execution
 * @param execution its number; 0 before the first
 * @param pods the pods of all executions that still exist
 * @param report the newest trusted word of a trainer
 * @param silence why the running pod's progress can not be read, if it has been so for a while
 * @param obstacle what keeps the job from starting
 */
public record Facts(
    Optional<Job> job,
    int execution,
    List<Pod> pods,
    Optional<ProgressSnapshot> report,
    Optional<Cause> silence,
    Optional<Cause> obstacle) {

  /** The newest pod of the current Job. */
  Optional<Pod> pod() {
    return job.flatMap(
        j ->
            Pods.newest(
                pods.stream().filter(p -> Pods.ownedBy(p, j.getMetadata().getUid())).toList()));
  }

  boolean anyPodLeft() {
    return pods.stream().anyMatch(p -> !Pods.isOver(p));
  }

  /** True once the work is done, also where a deletion overtakes the Job's own word of it. */
  boolean complete() {
    return job.filter(Jobs::isComplete).isPresent()
        || job.filter(Jobs::isBeingDeleted).isPresent()
            && pod().filter(Pods::succeeded).isPresent();
  }
}
