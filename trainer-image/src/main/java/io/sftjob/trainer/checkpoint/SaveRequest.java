package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.train.TrainState;

/**
 * What is to be saved.
 *
 * @param evaluations up to this step
 */
public record SaveRequest(TrainState state, Evaluations evaluations) {}
