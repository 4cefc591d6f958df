package io.sftjob.trainer.model;

import java.util.OptionalInt;

/**
 * Rotary positions (Su et al. 2021).
 *
 * @param theta base of the frequencies
 * @param dims of a head, the first ones, that are rotated
 * @param scaling in training
 * @param evaluationScaling in evaluation; other than {@code scaling} for Qwen v1 alone
 * @param lognFrom Qwen v1, in evaluation: queries at positions from there on are multiplied by the
 *     logarithm of their position to that base
 */
public record Rotary(
    double theta,
    int dims,
    Pairing pairing,
    RopeScaling scaling,
    RopeScaling evaluationScaling,
    OptionalInt lognFrom)
    implements Positions {

  /** Which two dimensions rotate against each other. */
  public enum Pairing {
    /** i and i + dims/2 ({@code rotate_half}). */
    Half,
    /** 2i and 2i + 1. */
    Interleaved;

    String kernel() {
      return this == Half ? "half" : "interleaved";
    }
  }

  /** Whole heads by halves, the same in training and evaluation. */
  public static Rotary of(double theta, int headDim, RopeScaling scaling) {
    return new Rotary(theta, headDim, Pairing.Half, scaling, scaling, OptionalInt.empty());
  }

  /** θ^(-2i/dims) in the float32 arithmetic of PyTorch, radians per position. */
  static float[] frequencies(double theta, int dims) {
    float[] frequencies = new float[dims / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = 1f / (float) Math.pow(theta, 2f * i / dims);
    }
    return frequencies;
  }
}
