package io.sftjob.trainer.train;

/**
 * @param loss mean negative log-likelihood per target, nats
 * @param accuracy the part of the targets that were the likeliest token (TRL's {@code
 *     mean_token_accuracy})
 * @param entropy of the predictions, mean over the targets, nats
 */
public record EvalResult(double loss, double accuracy, double entropy, long targets) {
  public double perplexity() {
    return Math.exp(loss);
  }
}
