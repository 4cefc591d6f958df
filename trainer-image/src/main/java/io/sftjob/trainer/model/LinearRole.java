package io.sftjob.trainer.model;

/** The linear modules of a layer, in the order of its computation. */
public enum LinearRole {
  Q("self_attn.q_proj"),
  K("self_attn.k_proj"),
  V("self_attn.v_proj"),
  O("self_attn.o_proj"),
  Gate("mlp.gate_proj"),
  Up("mlp.up_proj"),
  Down("mlp.down_proj");

  private final String path;

  LinearRole(String path) {
    this.path = path;
  }

  /** The module's path in transformers, as PEFT names it. */
  public String module(int layer) {
    return "model.layers." + layer + "." + path;
  }

  /** Output features. */
  public int out(DecoderSpec spec) {
    var attention = spec.attention();
    return switch (this) {
      case Q -> attention.heads() * attention.headDim();
      case K, V -> attention.kvHeads() * attention.headDim();
      case O, Down -> spec.hiddenSize();
      case Gate, Up -> spec.mlp().intermediateSize();
    };
  }

  /** Input features. */
  public int in(DecoderSpec spec) {
    return switch (this) {
      case Q, K, V, Gate, Up -> spec.hiddenSize();
      case O -> spec.attention().heads() * spec.attention().headDim();
      case Down -> spec.mlp().intermediateSize();
    };
  }

  boolean hasBias(DecoderSpec spec) {
    return switch (this) {
      case Q, K, V -> spec.attention().inputBias();
      case O -> spec.attention().outputBias();
      case Gate, Up, Down -> spec.mlp().bias();
    };
  }
}
