package io.sftjob.operator.progress;

import io.sftjob.api.progress.ProgressSnapshot;
import java.util.Optional;

/**
 * What is known from pulling a job's pods.
 *
 * @param last the newest snapshot that was accepted, of whichever pod
 * @param problem why there is no newer one, if it has been so for several pulls
 */
public record Pull(Optional<ProgressSnapshot> last, Optional<Problem> problem) {
  public static final Pull NOTHING = new Pull(Optional.empty(), Optional.empty());
}
