package io.sftjob.trainer.model;

import io.sftjob.trainer.model.DecoderSpec.Attention;
import io.sftjob.trainer.model.DecoderSpec.Head;
import io.sftjob.trainer.model.DecoderSpec.Mlp;

/**
 * Llama (Yi and SmolLM2 are such), and those that differ from it in a value or two: {@code
 * LlamaConfig}, {@code MistralConfig}, {@code Qwen2Config}, {@code Qwen3Config} of transformers.
 */
final class LlamaConfig {
  private LlamaConfig() {}

  static DecoderSpec llama(ConfigFile config) {
    boolean bias = config.flag("attention_bias");
    return spec(config, new Biases(bias, bias, config.flag("mlp_bias")), false);
  }

  static DecoderSpec mistral(ConfigFile config) {
    return spec(config, new Biases(false, false, false), false);
  }

  static DecoderSpec qwen2(ConfigFile config) {
    return spec(config, new Biases(true, false, false), false);
  }

  static DecoderSpec qwen3(ConfigFile config) {
    boolean bias = config.flag("attention_bias");
    return spec(config, new Biases(bias, bias, false), true);
  }

  private record Biases(boolean input, boolean output, boolean mlp) {}

  private static DecoderSpec spec(ConfigFile config, Biases biases, boolean headNorms) {
    OtherMath.refuse(config);
    int hidden = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    // Qwen3's classes take 128 where the file says nothing.
    int headDim = config.integer("head_dim", headNorms ? 128 : hidden / heads);
    var attention =
        new Attention(
            heads,
            config.integer("num_key_value_heads", heads),
            headDim,
            biases.input,
            biases.output,
            headNorms);
    checkHeads(config, attention);
    Rotary rotary = RopeConfig.rotary(config, headDim, 10000);
    return new DecoderSpec(
        config.text("model_type"),
        config.integer("vocab_size"),
        hidden,
        config.integer("num_hidden_layers"),
        attention,
        new Mlp(config.integer("intermediate_size"), biases.mlp),
        config.real("rms_norm_eps"),
        rotary,
        RopeConfig.reach(rotary, config.integer("max_position_embeddings")),
        Head.tied(config.flag("tie_word_embeddings")),
        Layout.LLAMA);
  }

  static void checkHeads(ConfigFile config, Attention attention) {
    if (attention.heads() % attention.kvHeads() != 0) {
      throw config.refused(
          "`num_attention_heads` %d is no multiple of `num_key_value_heads` %d",
          attention.heads(), attention.kvHeads());
    }
    if (attention.headDim() % 2 != 0) {
      throw config.refused(
          "`head_dim` %d is odd; rotary positions need pairs", attention.headDim());
    }
  }
}
