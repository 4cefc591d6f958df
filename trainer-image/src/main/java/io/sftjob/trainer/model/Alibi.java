package io.sftjob.trainer.model;

/**
 * Attention with linear biases (Press et al. 2022): {@code slope · (j - i)} is added to the score
 * of query i and key j.
 */
public record Alibi() implements Positions {
  /**
   * One slope a head: for n = 2^k heads 2^(-8·1/n) … 2^(-8); for others those of the next smaller
   * power of two, then every other one of the next larger.
   */
  public static float[] slopes(int heads) {
    int power = Integer.highestOneBit(heads);
    float[] slopes = new float[heads];
    for (int i = 0; i < heads; i++) {
      slopes[i] =
          i < power
              ? (float) Math.pow(2, -8.0 * (i + 1) / power)
              : (float) Math.pow(2, -8.0 * (2 * (i - power) + 1) / (2 * power));
    }
    return slopes;
  }
}
