package io.sftjob.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.sftjob.api.v1alpha1.Bounds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the conditions of a status; the time of one changes only with its status. */
final class Conditions {
  /** The names of the conditions. */
  enum Type {
    Succeeded,
    Running,
    Queued,
    Suspended,
    Checkpointed,
    ProgressStale,
    Reconciling,
    Stalled
  }

  /** A condition's status as Kubernetes writes it. */
  enum Truth {
    True,
    False,
    Unknown;

    static Truth of(boolean value) {
      return value ? True : False;
    }
  }

  private final List<Condition> prior;
  private final long generation;
  private final Instant now;
  private final List<Condition> next = new ArrayList<>();

  Conditions(List<Condition> prior, long generation, Instant now) {
    this.prior = prior;
    this.generation = generation;
    this.now = now;
  }

  boolean had(Type type) {
    return before(type).isPresent();
  }

  void add(Type type, Truth truth, Cause cause) {
    var since =
        before(type)
            .filter(c -> truth.name().equals(c.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElse(Times.text(now));
    next.add(
        new ConditionBuilder()
            .withType(type.name())
            .withStatus(truth.name())
            .withReason(cut(cause.reason(), Bounds.WORD - 1))
            .withMessage(cut(cause.message(), Bounds.MESSAGE))
            .withObservedGeneration(generation)
            .withLastTransitionTime(since)
            .build());
  }

  List<Condition> list() {
    return List.copyOf(next);
  }

  private Optional<Condition> before(Type type) {
    return prior.stream().filter(c -> type.name().equals(c.getType())).findFirst();
  }

  /** A message of foreign origin may be longer than a status holds; the mark shows the cut. */
  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }
}
