package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.sftjob.api.v1alpha1.SFTJob;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The labels of Jobs, pods and ConfigMaps that belong to an SFTJob. */
public final class Labels {
  public static final String NAME = "app.kubernetes.io/name";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String JOB = "sftjob.io/job";
  public static final String JOB_UID = "sftjob.io/job-uid";
  public static final String EXECUTION = "sftjob.io/execution";

  /** Selects all children of all SFTJobs. */
  public static final String SELECTOR =
      NAME + "=sft-trainer," + MANAGED_BY + "=sft-operator," + JOB;

  private Labels() {}

  static Map<String, String> of(SFTJob job, int execution) {
    return new TreeMap<>(
        Map.of(
            NAME, "sft-trainer",
            MANAGED_BY, "sft-operator",
            JOB, job.getMetadata().getName(),
            JOB_UID, job.getMetadata().getUid(),
            EXECUTION, Integer.toString(execution)));
  }

  /** True if the child carries the UID of that very SFTJob, not of an earlier one of its name. */
  public static boolean belongs(HasMetadata child, SFTJob job) {
    return label(child, JOB_UID).filter(job.getMetadata().getUid()::equals).isPresent();
  }

  /** Which execution a child belongs to; 0 if its label says nothing. */
  public static int execution(HasMetadata child) {
    return label(child, EXECUTION)
        .filter(v -> v.matches("[0-9]{1,9}"))
        .map(Integer::parseInt)
        .orElse(0);
  }

  private static Optional<String> label(HasMetadata child, String name) {
    return Optional.ofNullable(child.getMetadata().getLabels()).map(l -> l.get(name));
  }
}
