package io.sftjob.operator.reconcile;

import io.fabric8.kubernetes.api.model.Condition;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Lets transitions of a status through at once, and mere progress at most once in an interval. */
final class Coalescing {
  private final Duration interval;
  private final Map<String, Instant> written = new ConcurrentHashMap<>();

  Coalescing(Duration interval) {
    this.interval = interval;
  }

  /** How long the change must wait; zero: write now. */
  Duration delay(String uid, SFTJobStatus before, SFTJobStatus after, Instant now) {
    var last = written.get(uid);
    if (last == null || isTransition(before, after)) return Duration.ZERO;
    var wait = Duration.between(now, last.plus(interval));
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  void wrote(String uid, Instant now) {
    written.put(uid, now);
  }

  void forget(String uid) {
    written.remove(uid);
  }

  private static boolean isTransition(SFTJobStatus before, SFTJobStatus after) {
    return before == null || !essence(before).equals(essence(after));
  }

  /** A status without what changes all the time while a trainer works. */
  private static List<Object> essence(SFTJobStatus s) {
    return Arrays.asList(
        s.observedGeneration(),
        s.state(),
        s.startTime(),
        s.completionTime(),
        s.attempt(),
        s.execution(),
        s.jobName(),
        s.podName(),
        s.artifacts(),
        s.effective(),
        s.conditions().stream().map(Coalescing::essence).toList());
  }

  private static List<String> essence(Condition c) {
    return List.of(c.getType(), c.getStatus(), c.getReason());
  }
}
