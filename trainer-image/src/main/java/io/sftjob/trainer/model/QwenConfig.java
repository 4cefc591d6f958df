package io.sftjob.trainer.model;

import io.sftjob.trainer.model.DecoderSpec.Attention;
import io.sftjob.trainer.model.DecoderSpec.Head;
import io.sftjob.trainer.model.DecoderSpec.Mlp;
import io.sftjob.trainer.model.Rotary.Pairing;
import java.util.OptionalInt;
import java.util.Set;

/** Qwen, the first version ({@code QWenConfig} of its authors). */
final class QwenConfig {
  /** {@code c_proj(w1(x) · silu(w2(x)))}: w2 is the gate. */
  private static final Layout LAYOUT =
      new Layout(
          "transformer.wte.weight",
          "transformer.ln_f.weight",
          "lm_head.weight",
          "transformer.h",
          "ln_1",
          "ln_2",
          Layout.paths(
              LinearRole.QKV, "attn.c_attn",
              LinearRole.O, "attn.c_proj",
              LinearRole.Up, "mlp.w1",
              LinearRole.Gate, "mlp.w2",
              LinearRole.Down, "mlp.c_proj"),
          Set.of("attn.rotary_emb.inv_freq", "attn.masked_bias"),
          Set.of("transformer.rotary_emb.inv_freq"));

  private QwenConfig() {}

  static DecoderSpec spec(ConfigFile config) {
    config.requireIfPresent("rotary_pct", 1.0);
    config.requireIfPresent("scale_attn_weights", true);
    config.requireIfPresent("use_cache_quantization", false);
    int hidden = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    int headDim = config.integer("kv_channels", hidden / heads);
    boolean bias = !config.flag("no_bias", true);
    int feedForward = config.integer("intermediate_size");
    if (feedForward % 2 != 0) {
      throw config.refused("`intermediate_size` %d is odd; it counts two projections", feedForward);
    }
    int length = config.integer("seq_length");
    return new DecoderSpec(
        "qwen",
        config.integer("vocab_size"),
        hidden,
        config.integer("num_hidden_layers"),
        new Attention(heads, heads, headDim, true, bias, false),
        new Mlp(feedForward / 2, bias),
        config.real("layer_norm_epsilon"),
        rotary(config, headDim, length),
        length,
        Head.tied(config.flag("tie_word_embeddings")),
        LAYOUT);
  }

  private static Rotary rotary(ConfigFile config, int headDim, int length) {
    RopeScaling evaluation =
        config.flag("use_dynamic_ntk", true)
            ? new RopeScaling.QwenNtk(length)
            : new RopeScaling.None();
    return new Rotary(
        config.real("rotary_emb_base"),
        headDim,
        Pairing.Half,
        new RopeScaling.None(),
        evaluation,
        config.flag("use_logn_attn", true) ? OptionalInt.of(length) : OptionalInt.empty());
  }
}
