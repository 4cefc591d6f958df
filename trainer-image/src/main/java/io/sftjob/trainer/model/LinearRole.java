package io.sftjob.trainer.model;

/**
 * What a linear module of a layer computes. A family has some of them: one module may give q, k and
 * v (or gate and up) at once, as blocks of its output in that order.
 */
public enum LinearRole {
  QKV,
  Q,
  K,
  V,
  O,
  GateUp,
  Gate,
  Up,
  Down;

  /** Output features. */
  public int out(DecoderSpec spec) {
    var attention = spec.attention();
    int q = attention.heads() * attention.headDim();
    int kv = attention.kvHeads() * attention.headDim();
    return switch (this) {
      case QKV -> q + 2 * kv;
      case Q -> q;
      case K, V -> kv;
      case O, Down -> spec.hiddenSize();
      case GateUp -> 2 * spec.mlp().intermediateSize();
      case Gate, Up -> spec.mlp().intermediateSize();
    };
  }

  /** Input features. */
  public int in(DecoderSpec spec) {
    return switch (this) {
      case QKV, Q, K, V, GateUp, Gate, Up -> spec.hiddenSize();
      case O -> spec.attention().heads() * spec.attention().headDim();
      case Down -> spec.mlp().intermediateSize();
    };
  }

  boolean hasBias(DecoderSpec spec) {
    return switch (this) {
      case QKV, Q, K, V -> spec.attention().inputBias();
      case O -> spec.attention().outputBias();
      case GateUp, Gate, Up, Down -> spec.mlp().bias();
    };
  }
}
