package io.sftjob.operator.events;

import io.fabric8.kubernetes.api.model.Condition;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.events.JobEvent.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The events that lie between two statuses: a pure function. */
public final class Transitions {
  private Transitions() {}

  /**
   * @param before the status that was there, or null
   */
  public static List<JobEvent> between(SFTJobStatus before, SFTJobStatus after) {
    var events = new ArrayList<JobEvent>();
    var first = before == null;
    if (after.jobName() != null && (first || !after.jobName().equals(before.jobName()))) {
      events.add(new JobEvent(Reason.JobCreated, "Created Job " + after.jobName() + "."));
    }
    if (!first && grew(before.attempt(), after.attempt())) {
      events.add(new JobEvent(Reason.Resumed, resumed(after)));
    }
    if (first || before.state() != after.state()) {
      reason(after.state()).ifPresent(r -> events.add(new JobEvent(r, message(after))));
    }
    if (isRetrying(after) && (first || !Objects.equals(message(before), message(after)))) {
      events.add(new JobEvent(Reason.Retrying, message(after)));
    }
    if (isStale(after) && (first || !isStale(before))) {
      events.add(new JobEvent(Reason.ProgressStale, find(after, "ProgressStale").getMessage()));
    }
    return List.copyOf(events);
  }

  private static Optional<Reason> reason(JobState state) {
    return switch (state) {
      case Queued -> Optional.of(Reason.Queued);
      case Running -> Optional.of(Reason.Running);
      case Suspended -> Optional.of(Reason.Suspended);
      case Succeeded -> Optional.of(Reason.Succeeded);
      case Failed -> Optional.of(Reason.Failed);
      case Pending, Starting -> Optional.empty();
    };
  }

  private static String resumed(SFTJobStatus status) {
    var from =
        status.checkpoints().isEmpty()
            ? "the beginning"
            : "step " + status.checkpoints().getLast().step();
    return "Attempt %d goes on from %s in pod %s."
        .formatted(status.attempt(), from, status.podName());
  }

  private static boolean grew(Integer before, Integer after) {
    return before != null && after != null && after > before;
  }

  private static boolean isRetrying(SFTJobStatus status) {
    return status.state() == JobState.Pending
        && Reason.Retrying.name().equals(find(status, "Succeeded").getReason());
  }

  private static boolean isStale(SFTJobStatus status) {
    var stale = find(status, "ProgressStale");
    return stale != null && "True".equals(stale.getStatus());
  }

  private static String message(SFTJobStatus status) {
    var summary = find(status, "Succeeded");
    return summary == null ? "" : summary.getMessage();
  }

  private static Condition find(SFTJobStatus status, String type) {
    return status.conditions().stream()
        .filter(c -> type.equals(c.getType()))
        .findFirst()
        .orElse(null);
  }
}
