package io.sftjob.trainer.generate;

import java.util.Set;

/**
 * How a completion is chosen.
 *
 * @param maxNewTokens at least 1
 * @param temperature 0: always the likeliest token
 * @param topP in (0, 1]: choose among the likeliest tokens that together reach it
 * @param seed of the choice
 * @param stopIds tokens that end the completion, such as end of text
 */
public record GenerateOptions(
    int maxNewTokens, double temperature, double topP, long seed, Set<Integer> stopIds) {
  public GenerateOptions {
    stopIds = Set.copyOf(stopIds);
    if (maxNewTokens < 1 || !(temperature >= 0) || !(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException(
          "maxNewTokens %d (at least 1), temperature %s (at least 0), topP %s (above 0, at most 1)"
              .formatted(maxNewTokens, temperature, topP));
    }
  }

  public static GenerateOptions greedy(int maxNewTokens, Set<Integer> stopIds) {
    return new GenerateOptions(maxNewTokens, 0, 1, 0, stopIds);
  }
}
