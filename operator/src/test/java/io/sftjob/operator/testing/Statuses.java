package io.sftjob.operator.testing;

import io.fabric8.kubernetes.api.model.Condition;
import io.sftjob.api.v1alpha1.CheckpointStatus;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.ProgressStatus;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import java.util.List;

/** Statuses as the operator would have written them, for tests; what is not said is absent. */
public record Statuses(SFTJobStatus value) {

  /** Of the first attempt. */
  public static Statuses of(JobState state) {
    return new Statuses(
        new SFTJobStatus(
            1L, state, null, null, null, 1, 1, null, null, null, null, null, null, null, null,
            null));
  }

  public Statuses conditions(List<Condition> conditions) {
    var s = value;
    return copy(conditions, s.attempt(), s.jobName(), s.podName(), s.progress(), s.checkpoints());
  }

  public Statuses attempt(Integer attempt) {
    var s = value;
    return copy(s.conditions(), attempt, s.jobName(), s.podName(), s.progress(), s.checkpoints());
  }

  public Statuses names(String job, String pod) {
    var s = value;
    return copy(s.conditions(), s.attempt(), job, pod, s.progress(), s.checkpoints());
  }

  /** In the phase Train, of 10 steps. */
  public Statuses step(long step) {
    var s = value;
    var progress =
        new ProgressStatus(
            "Train", step, 10L, 10, null, null, null, null, null, null, null, null, null, null,
            null, null, null, null, null, null, null);
    return copy(s.conditions(), s.attempt(), s.jobName(), s.podName(), progress, s.checkpoints());
  }

  public Statuses checkpoint(long step, String uri) {
    var s = value;
    var checkpoints = List.of(new CheckpointStatus(step, uri, null, null, null, null));
    return copy(s.conditions(), s.attempt(), s.jobName(), s.podName(), s.progress(), checkpoints);
  }

  private Statuses copy(
      List<Condition> conditions,
      Integer attempt,
      String job,
      String pod,
      ProgressStatus progress,
      List<CheckpointStatus> checkpoints) {
    return new Statuses(
        new SFTJobStatus(
            1L,
            value.state(),
            conditions,
            null,
            null,
            attempt,
            1,
            job,
            pod,
            progress,
            null,
            null,
            checkpoints,
            null,
            null,
            null));
  }
}
