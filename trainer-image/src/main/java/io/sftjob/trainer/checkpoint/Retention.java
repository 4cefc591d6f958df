package io.sftjob.trainer.checkpoint;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which checkpoints stay.
 *
 * @param last how many of the newest, at least 1
 * @param best how many with the lowest evaluation loss
 */
public record Retention(int last, int best) {

  /** Those of {@code all}, oldest first, that stay; the newest is always among them. */
  List<Checkpoints.Found> of(List<Checkpoints.Found> all) {
    Set<Checkpoints.Found> kept =
        new HashSet<>(all.subList(Math.max(0, all.size() - last), all.size()));
    byLoss(all).limit(best).forEach(kept::add);
    return all.stream().filter(kept::contains).toList();
  }

  /** The one of {@code all}, oldest first, with the lowest evaluation loss. */
  public static Optional<Checkpoints.Found> best(List<Checkpoints.Found> all) {
    return byLoss(all).findFirst();
  }

  /**
   * The best first. A checkpoint that carries on the loss of an earlier evaluation is not one more
   * of the best, and a loss that is not finite is none.
   */
  private static Stream<Checkpoints.Found> byLoss(List<Checkpoints.Found> all) {
    var losses = new HashSet<Double>();
    return all.stream()
        .filter(c -> c.manifest().evalLoss() != null)
        .filter(c -> Double.isFinite(c.manifest().evalLoss()))
        .filter(c -> losses.add(c.manifest().evalLoss()))
        .sorted(Comparator.comparingDouble(c -> c.manifest().evalLoss()));
  }
}
