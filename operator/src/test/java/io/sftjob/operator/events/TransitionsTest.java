package io.sftjob.operator.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.events.JobEvent.Reason;
import io.sftjob.operator.testing.Statuses;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionsTest {

  @Test
  void eachTransitionIsToldOnce() {
    var pending = status(JobState.Pending, null, "demo-1", condition("Succeeded", "WaitingForPod"));
    var running = status(JobState.Running, 1, "demo-1", condition("Succeeded", "Training"));
    assertReasons(null, pending, Reason.JobCreated);
    assertReasons(pending, pending);
    assertReasons(pending, running, Reason.Running);
    assertReasons(running, running);
    var retrying = status(JobState.Pending, 1, "demo-1", condition("Succeeded", "Retrying"));
    assertReasons(running, retrying, Reason.Retrying);
    var second = status(JobState.Running, 2, "demo-1", condition("Succeeded", "Training"));
    assertReasons(retrying, second, Reason.Resumed, Reason.Running);
    assertReasons(
        second,
        status(JobState.Failed, 2, "demo-1", condition("Succeeded", "DataNotUsable")),
        Reason.Failed);
  }

  @Test
  void anAttemptThatTakesOverSaysFromWhere() {
    var before = status(JobState.Running, 1, "demo-1", condition("Succeeded", "Training"));
    var after = status(JobState.Running, 2, "demo-1", condition("Succeeded", "Training"));
    assertThat(Transitions.between(before, after))
        .singleElement()
        .satisfies(e -> assertThat(e.message()).contains("Attempt 2", "step 7", "demo-1-a"));
  }

  @Test
  void silenceIsToldWhenItBegins() {
    var before = status(JobState.Running, 1, "demo-1", condition("Succeeded", "Training"));
    var stale =
        status(
            JobState.Running,
            1,
            "demo-1",
            condition("Succeeded", "Training"),
            condition("ProgressStale", "TimedOut"));
    assertReasons(before, stale, Reason.ProgressStale);
    assertReasons(stale, stale);
    assertReasons(stale, before);
  }

  private static void assertReasons(SFTJobStatus before, SFTJobStatus after, Reason... reasons) {
    assertThat(Transitions.between(before, after))
        .extracting(JobEvent::reason)
        .containsExactly(reasons);
  }

  private static SFTJobStatus status(
      JobState state, Integer attempt, String job, Condition... conditions) {
    return Statuses.of(state)
        .conditions(List.of(conditions))
        .attempt(attempt)
        .names(job, "demo-1-a")
        .checkpoint(7, "pvc://a/b")
        .value();
  }

  private static Condition condition(String type, String reason) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withReason(reason)
        .withMessage(reason)
        .build();
  }
}
