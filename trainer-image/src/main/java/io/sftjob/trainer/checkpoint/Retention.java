package io.sftjob.trainer.checkpoint;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which checkpoints stay.
 *
 * @param last how many of the newest, at least 1
 * @param best how many with the lowest evaluation loss
 */
public record Retention(int last, int best) {

  /**
   * Those of {@code all}, oldest first, that stay; the newest is always among them. A checkpoint
   * that carries on the loss of an earlier evaluation is not one more of the best.
   */
  List<Checkpoints.Found> of(List<Checkpoints.Found> all) {
    Set<Checkpoints.Found> kept =
        new HashSet<>(all.subList(Math.max(0, all.size() - last), all.size()));
    var losses = new HashSet<Double>();
    all.stream()
        .filter(c -> c.manifest().evalLoss() != null && losses.add(c.manifest().evalLoss()))
        .sorted(Comparator.comparingDouble(c -> c.manifest().evalLoss()))
        .limit(best)
        .forEach(kept::add);
    return all.stream().filter(kept::contains).toList();
  }
}
