package io.sftjob.trainer.model;

import java.util.Optional;

/**
 * A pre-norm decoder with RMSNorm, rotary positions, grouped-query attention and SwiGLU, described
 * by values.
 *
 * @param family as the user knows it, such as {@code llama}
 * @param maxPositions that the model was made for
 * @param tiedEmbeddings the head is the embedding
 */
public record DecoderSpec(
    String family,
    int vocabSize,
    int hiddenSize,
    int layers,
    Attention attention,
    Mlp mlp,
    double normEps,
    Rope rope,
    int maxPositions,
    boolean tiedEmbeddings) {

  /**
   * @param kvHeads heads of keys and values; {@code heads / kvHeads} query heads share one
   * @param inputBias of q, k and v
   * @param outputBias of o
   */
  public record Attention(
      int heads, int kvHeads, int headDim, boolean inputBias, boolean outputBias) {}

  /** SwiGLU: {@code down(silu(gate(x)) · up(x))}. */
  public record Mlp(int intermediateSize, boolean bias) {}

  /**
   * Rotary positions.
   *
   * @param theta base of the frequencies
   */
  public record Rope(double theta, Optional<Llama3Scaling> scaling) {
    /**
     * The frequencies of {@code headDim / 2} pairs: θ^(-2i/d), scaled as the model asks.
     *
     * @return radians per position
     */
    public float[] inverseFrequencies(int headDim) {
      float[] frequencies = new float[headDim / 2];
      for (int i = 0; i < frequencies.length; i++) {
        double frequency = Math.pow(theta, -2.0 * i / headDim);
        frequencies[i] = (float) (double) scaling.map(s -> s.scale(frequency)).orElse(frequency);
      }
      return frequencies;
    }
  }

  /**
   * {@code rope_type: llama3}: long waves stretched by a factor, short ones kept, a ramp between.
   */
  public record Llama3Scaling(
      double factor, double lowFreqFactor, double highFreqFactor, double originalMaxPositions) {

    /** {@code _compute_llama3_parameters} of transformers' modeling_rope_utils. */
    double scale(double frequency) {
      double turns = originalMaxPositions * frequency / (2 * Math.PI);
      if (turns > highFreqFactor) {
        return frequency;
      }
      if (turns < lowFreqFactor) {
        return frequency / factor;
      }
      double smooth = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
      return (1 - smooth) * frequency / factor + smooth * frequency;
    }
  }
}
