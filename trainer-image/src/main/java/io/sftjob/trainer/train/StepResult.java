package io.sftjob.trainer.train;

/**
 * @param step steps done, this one included
 * @param epoch passes over the data done
 * @param loss mean per target of the step, nats
 * @param learningRate used by this step
 * @param gradNorm global L2 norm before clipping
 * @param tokens through forward and backward in this step, padding not counted
 * @param targets of the loss in this step
 * @param seconds of wall time
 */
public record StepResult(
    long step,
    double epoch,
    double loss,
    double learningRate,
    double gradNorm,
    long tokens,
    long targets,
    double seconds) {}
