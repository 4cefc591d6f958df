package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.train.TrainState;

/**
 * What is to be saved.
 *
 * @param evalLoss the newest; null before the first evaluation
 */
public record SaveRequest(TrainState state, Double evalLoss) {}
