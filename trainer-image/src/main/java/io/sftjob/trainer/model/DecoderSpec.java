package io.sftjob.trainer.model;

/**
 * A pre-norm decoder with RMSNorm, grouped-query attention and SwiGLU, described by values.
 *
 * @param family as the user knows it, such as {@code llama}
 * @param maxPositions that the model was made for
 * @param layout the names of its tensors
 * @param zLoss weight of the mean square of each position's largest logit in the training loss
 */
public record DecoderSpec(
    String family,
    int vocabSize,
    int hiddenSize,
    int layers,
    Attention attention,
    Mlp mlp,
    double normEps,
    Positions positions,
    int maxPositions,
    Head head,
    Layout layout,
    double zLoss) {

  /** Without a z-loss, as all but one family. */
  public DecoderSpec(
      String family,
      int vocabSize,
      int hiddenSize,
      int layers,
      Attention attention,
      Mlp mlp,
      double normEps,
      Positions positions,
      int maxPositions,
      Head head,
      Layout layout) {
    this(
        family,
        vocabSize,
        hiddenSize,
        layers,
        attention,
        mlp,
        normEps,
        positions,
        maxPositions,
        head,
        layout,
        0);
  }

  /**
   * @param kvHeads heads of keys and values; {@code heads / kvHeads} query heads share one
   * @param inputBias of q, k and v
   * @param outputBias of o
   * @param headNorms RMSNorm over each head of q and k, before the positions
   */
  public record Attention(
      int heads,
      int kvHeads,
      int headDim,
      boolean inputBias,
      boolean outputBias,
      boolean headNorms) {}

  /** SwiGLU: {@code down(silu(gate(x)) · up(x))}. */
  public record Mlp(int intermediateSize, boolean bias) {}

  /** The output projection. */
  public enum Head {
    /** A matrix of its own. */
    Linear,
    /** The embedding. */
    Tied,
    /** A matrix of its own whose rows are scaled to length 1 (NormHead of Baichuan 2). */
    Normalised;

    static Head tied(boolean tied) {
      return tied ? Tied : Linear;
    }
  }

  /** Whether the head is the embedding. */
  public boolean tiedEmbeddings() {
    return head == Head.Tied;
  }
}
