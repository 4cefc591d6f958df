package io.sftjob.trainer.model;

/**
 * How rotary frequencies are changed for long texts; the formulas are those of transformers'
 * modeling_rope_utils, under its names.
 */
public sealed interface RopeScaling {
  /** Radians per position for each of the {@code dims / 2} pairs, in a document of that length. */
  float[] inverseFrequencies(double theta, int dims, int length);

  /** What cos and sin are multiplied by. */
  default double attentionFactor() {
    return 1;
  }

  /** Whether documents of different lengths have different frequencies. */
  default boolean dependsOnLength() {
    return false;
  }

  /** {@code default}: as they are. */
  record None() implements RopeScaling {
    @Override
    public float[] inverseFrequencies(double theta, int dims, int length) {
      return Rotary.frequencies(theta, dims);
    }
  }

  /** {@code linear}: all waves stretched. */
  record Linear(double factor) implements RopeScaling {
    @Override
    public float[] inverseFrequencies(double theta, int dims, int length) {
      float[] frequencies = Rotary.frequencies(theta, dims);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= (float) factor;
      }
      return frequencies;
    }
  }

  /** {@code dynamic}: a larger base for documents beyond the original length. */
  record Dynamic(double factor, int originalMaxPositions) implements RopeScaling {
    @Override
    public float[] inverseFrequencies(double theta, int dims, int length) {
      double longer = Math.max(length, originalMaxPositions) / (double) originalMaxPositions;
      double alpha = factor * longer - (factor - 1);
      return Rotary.frequencies(theta * Math.pow(alpha, dims / (dims - 2.0)), dims);
    }

    @Override
    public boolean dependsOnLength() {
      return true;
    }
  }

  /**
   * Qwen v1's dynamic NTK: a base that grows with each doubling of the length. Its authors' code
   * applies it in evaluation only.
   */
  record QwenNtk(int originalMaxPositions) implements RopeScaling {
    @Override
    public float[] inverseFrequencies(double theta, int dims, int length) {
      double doublings = Math.log(length / (double) originalMaxPositions) / Math.log(2) + 1;
      double alpha =
          length > originalMaxPositions ? Math.max(Math.pow(2, Math.ceil(doublings)) - 1, 1) : 1;
      return Rotary.frequencies(theta * Math.pow(alpha, dims / (dims - 2.0)), dims);
    }

    @Override
    public boolean dependsOnLength() {
      return true;
    }
  }

  /** {@code llama3}: long waves stretched by a factor, short ones kept, a ramp between. */
  record Llama3(
      double factor, double lowFreqFactor, double highFreqFactor, double originalMaxPositions)
      implements RopeScaling {
    @Override
    public float[] inverseFrequencies(double theta, int dims, int length) {
      float[] frequencies = Rotary.frequencies(theta, dims);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = (float) scale(frequencies[i]);
      }
      return frequencies;
    }

    private double scale(double frequency) {
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

  /** {@code yarn} (Peng et al. 2023): a ramp over the dimensions, and sharper attention. */
  record Yarn(
      double factor,
      double attentionFactor,
      double betaFast,
      double betaSlow,
      int originalMaxPositions,
      boolean truncate)
      implements RopeScaling {

    /** {@code 0.1 · m · ln(scale) + 1}. */
    static double mscale(double scale, double m) {
      return scale <= 1 ? 1 : 0.1 * m * Math.log(scale) + 1;
    }

    @Override
    public float[] inverseFrequencies(double theta, int dims, int length) {
      double low = correctionDim(betaFast, theta, dims);
      double high = correctionDim(betaSlow, theta, dims);
      low = Math.max(truncate ? Math.floor(low) : low, 0);
      high = Math.min(truncate ? Math.ceil(high) : high, dims - 1);
      high = low == high ? high + 0.001 : high;
      float[] frequencies = Rotary.frequencies(theta, dims);
      for (int i = 0; i < frequencies.length; i++) {
        double stretched = Math.clamp((i - low) / (high - low), 0.0, 1.0);
        frequencies[i] =
            (float) (frequencies[i] / factor * stretched + frequencies[i] * (1 - stretched));
      }
      return frequencies;
    }

    /** The dimension whose wave turns that often within the original length. */
    private double correctionDim(double turns, double theta, int dims) {
      return dims * Math.log(originalMaxPositions / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }
  }

  /** A GGUF's {@code rope_freqs}: a divisor for each pair. */
  record Divisors(float[] divisors) implements RopeScaling {
    @Override
    public float[] inverseFrequencies(double theta, int dims, int length) {
      float[] frequencies = Rotary.frequencies(theta, dims);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= divisors[i];
      }
      return frequencies;
    }
  }
}
