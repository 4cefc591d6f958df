package io.sftjob.trainer.model;

import io.sftjob.trainer.model.DecoderSpec.Attention;
import io.sftjob.trainer.model.DecoderSpec.Head;
import io.sftjob.trainer.model.DecoderSpec.Mlp;

/**
 * Baichuan and Baichuan 2 ({@code BaichuanConfig} of their authors). All four share a {@code
 * model_type}; how their published files differ is told in parity/README.md.
 */
final class BaichuanConfig {
  /** Version 1's 64,000 tokens, and those that a fine-tune may have added. */
  private static final int VERSION_1_VOCABULARY = 65_024;

  private static final int VERSION_2_VOCABULARY = 125_696;

  private static final Layout LAYOUT =
      Layout.llama(
          Layout.paths(
              LinearRole.QKV, "self_attn.W_pack",
              LinearRole.O, "self_attn.o_proj",
              LinearRole.Gate, "mlp.gate_proj",
              LinearRole.Up, "mlp.up_proj",
              LinearRole.Down, "mlp.down_proj"));

  private BaichuanConfig() {}

  static DecoderSpec spec(ConfigFile config) {
    OtherMath.refuse(config);
    config.requireIfPresent("tie_word_embeddings", false);
    int hidden = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    int headDim = hidden / heads;
    var attention = new Attention(heads, heads, headDim, false, false, false);
    boolean rotates = !ConfigFile.absent(config.json(), "max_position_embeddings");
    int vocabulary = config.integer("vocab_size");
    boolean version2 = isVersion2(config, vocabulary);
    if (rotates) {
      LlamaConfig.checkHeads(config, attention);
    }
    requirePublished(config, rotates ? 5120 : 4096, hidden, rotates);
    return new DecoderSpec(
        version2 ? "baichuan2" : "baichuan",
        vocabulary,
        hidden,
        config.integer("num_hidden_layers"),
        attention,
        new Mlp(config.integer("intermediate_size"), false),
        config.real("rms_norm_eps"),
        rotates ? RopeConfig.rotary(config, headDim, 10000) : new Alibi(),
        config.integer(rotates ? "max_position_embeddings" : "model_max_length"),
        version2 ? Head.Normalised : Head.Linear,
        LAYOUT,
        zLoss(config));
  }

  private static double zLoss(ConfigFile config) {
    double weight =
        ConfigFile.absent(config.json(), "z_loss_weight") ? 0 : config.real("z_loss_weight");
    if (weight < 0) {
      throw config.refused("`z_loss_weight` is %s; expected 0 or more", weight);
    }
    return weight;
  }

  private static boolean isVersion2(ConfigFile config, int vocabulary) {
    boolean marked =
        !ConfigFile.absent(config.json(), "z_loss_weight")
            || config.json().path("tokenizer_class").asText().equals("BaichuanTokenizer");
    if (!marked && vocabulary > VERSION_1_VOCABULARY && vocabulary < VERSION_2_VOCABULARY) {
      throw config.refused(
          "`vocab_size` %d is neither Baichuan's (64,000) nor Baichuan 2's (125,696), and nothing else tells which it is. For Baichuan 2, which normalises its head, write `\"tokenizer_class\": \"BaichuanTokenizer\"`.",
          vocabulary);
    }
    return marked || vocabulary >= VERSION_2_VOCABULARY;
  }

  /** The width of the other size's models: a field was lost or added. */
  private static void requirePublished(
      ConfigFile config, int otherHidden, int hidden, boolean rotates) {
    if (hidden == otherHidden) {
      throw config.refused(
          "`hidden_size` %d is that of a model that %s, but `max_position_embeddings` is %s. Take config.json as it was published.",
          hidden, rotates ? "uses ALiBi" : "rotates positions", rotates ? "there" : "missing");
    }
  }
}
