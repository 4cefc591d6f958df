package io.sftjob.trainer.train;

/**
 * What is counted from the first step on, by all processes of a run.
 *
 * @param step optimizer steps done, skipped and rescaled ones included
 * @param tokensSeen tokens through forward and backward
 * @param skippedSteps steps that changed nothing, because loss or gradient was not finite
 * @param skippedInARow those since the last step that changed something
 * @param rescaledSteps steps that changed nothing but the loss scale, under which the gradients
 *     overflowed
 * @param lossScale of the next step; null where the dtype needs none
 */
public record TrainCounts(
    long step,
    long tokensSeen,
    long skippedSteps,
    int skippedInARow,
    long rescaledSteps,
    LossScale lossScale) {
  public static final TrainCounts NONE = new TrainCounts(0, 0, 0, 0, 0, null);

  /** The same with that loss scale. */
  TrainCounts with(LossScale scale) {
    return new TrainCounts(step, tokensSeen, skippedSteps, skippedInARow, rescaledSteps, scale);
  }

  /** Steps that changed the weights: where AdamW and the learning rate's schedule stand. */
  long updates() {
    return step - skippedSteps - rescaledSteps;
  }

  /** What the loss of the next step is multiplied by. */
  double scale() {
    return lossScale == null ? 1 : lossScale.scale();
  }

  /** One more step that changed the weights. */
  TrainCounts stepped(long tokens) {
    return new TrainCounts(
        step + 1,
        tokensSeen + tokens,
        skippedSteps,
        0,
        rescaledSteps,
        lossScale == null ? null : lossScale.afterFinite());
  }

  /**
   * One more step that changed no weight. If only its gradients were not finite, and a smaller loss
   * scale may mend them, that is the scale's ordinary work.
   */
  TrainCounts passedOver(long tokens, boolean finiteLoss) {
    boolean rescaled = finiteLoss && lossScale != null && lossScale.canFall();
    return new TrainCounts(
        step + 1,
        tokensSeen + tokens,
        skippedSteps + (rescaled ? 0 : 1),
        skippedInARow + (rescaled ? 0 : 1),
        rescaledSteps + (rescaled ? 1 : 0),
        lossScale == null ? null : lossScale.afterOverflow());
  }
}
