package io.sftjob.operator.kube;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.Optional;

/** What a child Job says of itself in the API. */
public final class Jobs {
  private Jobs() {}

  public static boolean isFinished(Job job) {
    return isComplete(job) || failed(job).isPresent();
  }

  public static boolean isComplete(Job job) {
    return condition(job, "Complete").isPresent();
  }

  /** The condition that says why the Job gave up. */
  public static Optional<JobCondition> failed(Job job) {
    return condition(job, "Failed");
  }

  /** True if the Job may not have pods: a queue holds it back. */
  public static boolean isSuspended(Job job) {
    return Boolean.TRUE.equals(job.getSpec().getSuspend());
  }

  public static boolean isBeingDeleted(Job job) {
    return job.getMetadata().getDeletionTimestamp() != null;
  }

  private static Optional<JobCondition> condition(Job job, String type) {
    if (job.getStatus() == null) return Optional.empty();
    return job.getStatus().getConditions().stream()
        .filter(c -> type.equals(c.getType()) && "True".equals(c.getStatus()))
        .findFirst();
  }
}
