package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.train.EvalResult;

/**
 * What a run's evaluations have shown, a part of its state.
 *
 * @param last the newest; null before the first evaluation
 * @param step of the newest
 * @param best the lowest loss; null before the first finite one
 * @param sinceBest evaluations after the best one
 */
public record Evaluations(EvalResult last, long step, Double best, int sinceBest) {
  public static final Evaluations NONE = new Evaluations(null, 0, null, 0);

  /** A loss that is not finite is never the best. */
  public Evaluations with(long atStep, EvalResult result) {
    double loss = result.loss();
    return Double.isFinite(loss) && (best == null || loss < best)
        ? new Evaluations(result, atStep, loss, 0)
        : new Evaluations(result, atStep, best, sinceBest + 1);
  }

  /** The newest loss; null before the first evaluation. */
  Double loss() {
    return last == null ? null : last.loss();
  }

  /** Whether the newest is the best, at that step. */
  public boolean isBestAt(long atStep) {
    return step == atStep && best != null && sinceBest == 0;
  }
}
