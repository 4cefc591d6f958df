package io.sftjob.trainer.train;

/**
 * @param counts this step included
 * @param epoch passes over the data done
 * @param loss mean per target of the step, nats
 * @param learningRate used by this step
 * @param gradNorm global L2 norm before clipping
 * @param rows packed rows of this step
 * @param tokens through forward and backward in this step, padding not counted
 * @param targets of the loss in this step
 * @param seconds of wall time
 */
public record StepResult(
    TrainCounts counts,
    double epoch,
    double loss,
    double learningRate,
    double gradNorm,
    int rows,
    long tokens,
    long targets,
    double seconds) {

  /** Steps done, this one included. */
  public long step() {
    return counts.step();
  }
}
