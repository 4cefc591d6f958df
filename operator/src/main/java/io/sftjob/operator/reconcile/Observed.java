package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.sftjob.operator.child.Labels;
import io.sftjob.operator.progress.Pull;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What exists for a job.
 *
 * @param job the Job of the newest execution, if it still exists
 * @param execution the number of the newest execution that was ever seen; 0 before the first
 * @param pods the pods of all executions
 * @param pull what their progress endpoint told
 */
record Observed(Optional<Job> job, int execution, List<Pod> pods, Pull pull) {

  /**
   * @param jobs the Jobs that the resource owns
   * @param recorded the execution in the status, or null
   */
  static Observed of(List<Job> jobs, Integer recorded, List<Pod> pods, Pull pull) {
    var newest = jobs.stream().max(Comparator.comparing(Labels::execution));
    var known = recorded == null ? 0 : recorded;
    return new Observed(
        newest, Math.max(known, newest.map(Labels::execution).orElse(0)), pods, pull);
  }

  Observed with(Job created) {
    return new Observed(Optional.of(created), Labels.execution(created), pods, pull);
  }

  Observed withPods(List<Pod> fresh) {
    return new Observed(job, execution, fresh, pull);
  }
}
