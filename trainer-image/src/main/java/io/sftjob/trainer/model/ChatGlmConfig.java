package io.sftjob.trainer.model;

import io.sftjob.trainer.model.DecoderSpec.Attention;
import io.sftjob.trainer.model.DecoderSpec.Head;
import io.sftjob.trainer.model.DecoderSpec.Mlp;
import io.sftjob.trainer.model.Rotary.Pairing;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** ChatGLM3 ({@code ChatGLMConfig} of its authors). */
final class ChatGlmConfig {
  private static final Layout LAYOUT =
      new Layout(
          "transformer.embedding.word_embeddings.weight",
          "transformer.encoder.final_layernorm.weight",
          "transformer.output_layer.weight",
          "transformer.encoder.layers",
          "input_layernorm",
          "post_attention_layernorm",
          Layout.paths(
              LinearRole.QKV, "self_attention.query_key_value",
              LinearRole.O, "self_attention.dense",
              LinearRole.GateUp, "mlp.dense_h_to_4h",
              LinearRole.Down, "mlp.dense_4h_to_h"),
          Set.of(),
          Set.of("transformer.rotary_pos_emb.inv_freq"));

  private ChatGlmConfig() {}

  static DecoderSpec spec(ConfigFile config) {
    config.requireIfPresent("rmsnorm", true);
    config.requireIfPresent("post_layer_norm", true);
    config.requireIfPresent("apply_residual_connection_post_layernorm", false);
    config.requireIfPresent("original_rope", true);
    config.requireIfPresent("quantization_bit", 0);
    config.requireAbsent("pre_seq_len");
    int hidden = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    int headDim = config.integer("kv_channels", hidden / heads);
    boolean bias = config.flag("add_bias_linear");
    var attention =
        new Attention(
            heads,
            config.flag("multi_query_attention") ? config.integer("multi_query_group_num") : heads,
            headDim,
            bias || config.flag("add_qkv_bias"),
            bias,
            false);
    if (heads % attention.kvHeads() != 0) {
      throw config.refused(
          "`num_attention_heads` %d is no multiple of `multi_query_group_num` %d",
          heads, attention.kvHeads());
    }
    if (headDim % 4 != 0) {
      throw config.refused(
          "`kv_channels` %d is no multiple of 4; half of it rotates in pairs", headDim);
    }
    return new DecoderSpec(
        "chatglm",
        config.integer("padded_vocab_size"),
        hidden,
        config.integer("num_layers"),
        attention,
        new Mlp(config.integer("ffn_hidden_size"), bias),
        config.real("layernorm_epsilon"),
        rotary(config, headDim),
        config.integer("seq_length"),
        Head.tied(config.flag("tie_word_embeddings")),
        LAYOUT);
  }

  /** It has ChatGLM3's model_type; names may tell. */
  private static boolean isChatGlm2(ConfigFile config) {
    return Stream.of("_name_or_path", "architectures", "auto_map")
        .map(field -> config.json().path(field).toString().toLowerCase(Locale.ROOT))
        .anyMatch(names -> names.contains("chatglm2"));
  }

  /** The first half of each head, in neighbouring pairs; the 32k variant raises the base. */
  private static Rotary rotary(ConfigFile config, int headDim) {
    double ratio = ConfigFile.absent(config.json(), "rope_ratio") ? 1 : config.real("rope_ratio");
    if (ratio != 1 && isChatGlm2(config)) {
      throw config.refused(
          "`rope_ratio` is %s in a ChatGLM2, which divides positions by it; only ChatGLM3's, which multiplies the base, is supported",
          config.json().path("rope_ratio"));
    }
    var scaling = new RopeScaling.None();
    return new Rotary(
        10000 * ratio, headDim / 2, Pairing.Interleaved, scaling, scaling, OptionalInt.empty());
  }
}
