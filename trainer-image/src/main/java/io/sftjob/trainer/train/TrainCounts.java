package io.sftjob.trainer.train;

/**
 * What is counted from the first step on, by all processes of a run.
 *
 * @param step optimizer steps done, skipped ones included
 * @param tokensSeen tokens through forward and backward
 * @param skippedSteps steps that changed nothing, because loss or gradient was not finite
 * @param skippedInARow those since the last step that changed something
 */
public record TrainCounts(long step, long tokensSeen, long skippedSteps, int skippedInARow) {
  public static final TrainCounts NONE = new TrainCounts(0, 0, 0, 0);

  /** One more step that changed the weights. */
  TrainCounts stepped(long tokens) {
    return new TrainCounts(step + 1, tokensSeen + tokens, skippedSteps, 0);
  }

  /** One more step that changed nothing. */
  TrainCounts skipped(long tokens) {
    return new TrainCounts(step + 1, tokensSeen + tokens, skippedSteps + 1, skippedInARow + 1);
  }
}
