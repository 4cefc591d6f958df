package io.sftjob.trainer.trail;

import io.sftjob.api.progress.Outcome;
import java.util.Optional;

/**
 * How a process of a run ended.
 *
 * @param message why it failed
 */
public record Ending(Outcome outcome, Optional<String> message) {
  public static final Ending SUCCEEDED = new Ending(Outcome.Succeeded, Optional.empty());
  public static final Ending PREEMPTED = new Ending(Outcome.Preempted, Optional.empty());

  public static Ending failed(String message) {
    return new Ending(Outcome.Failed, Optional.of(message));
  }
}
