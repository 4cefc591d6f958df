package io.sftjob.trainer.train;

/**
 * @param loss mean negative log-likelihood per target, nats
 */
public record EvalResult(double loss, long targets) {}
