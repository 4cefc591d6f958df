package io.sftjob.trainer.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.trainer.model.DecoderSpec.Attention;
import io.sftjob.trainer.model.DecoderSpec.Llama3Scaling;
import io.sftjob.trainer.model.DecoderSpec.Mlp;
import io.sftjob.trainer.model.DecoderSpec.Rope;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The Llama family: {@code LlamaConfig} of transformers as a spec. */
final class LlamaConfig {
  static final String MODEL_TYPE = "llama";

  private LlamaConfig() {}

  static DecoderSpec spec(ConfigFile config) {
    refuseOtherMath(config);
    int hidden = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    boolean attentionBias = config.flag("attention_bias");
    var attention =
        new Attention(
            heads,
            config.integer("num_key_value_heads", heads),
            config.integer("head_dim", hidden / heads),
            attentionBias,
            attentionBias);
    checkHeads(config, attention);
    return new DecoderSpec(
        MODEL_TYPE,
        config.integer("vocab_size"),
        hidden,
        config.integer("num_hidden_layers"),
        attention,
        new Mlp(config.integer("intermediate_size"), config.flag("mlp_bias")),
        config.real("rms_norm_eps"),
        rope(config),
        config.integer("max_position_embeddings"),
        config.flag("tie_word_embeddings"));
  }

  /** Buffers that old versions of transformers saved; they follow from the configuration. */
  static Set<String> ignorable(DecoderSpec spec) {
    return IntStream.range(0, spec.layers())
        .mapToObj(layer -> "model.layers." + layer + ".self_attn.rotary_emb.inv_freq")
        .collect(Collectors.toSet());
  }

  private static void checkHeads(ConfigFile config, Attention attention) {
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

  /** Fields that other models of this type carry and that would change the result. */
  private static void refuseOtherMath(ConfigFile config) {
    JsonNode json = config.json();
    if (!ConfigFile.absent(json, "hidden_act") && !config.text("hidden_act").equals("silu")) {
      throw config.refused("`hidden_act` is %s; only silu is known", json.path("hidden_act"));
    }
    for (String field :
        List.of(
            "sliding_window",
            "quantization_config",
            "logit_scale",
            "final_logit_softcapping",
            "attn_logit_softcapping",
            "partial_rotary_factor",
            "num_local_experts",
            "no_rope_layers")) {
      if (!ConfigFile.absent(json, field)) {
        throw config.refused(
            "`%s` is %s; Llama has no such field, and it would change the result",
            field, json.path(field));
      }
    }
  }

  /**
   * transformers 5 writes {@code rope_parameters}; the hub's files have {@code rope_theta} and
   * {@code rope_scaling}.
   */
  private static Rope rope(ConfigFile config) {
    JsonNode json = config.json();
    if (!ConfigFile.absent(json, "rope_parameters")) {
      JsonNode parameters = json.path("rope_parameters");
      return new Rope(config.real(parameters, "rope_theta"), scaling(config, parameters));
    }
    double theta = ConfigFile.absent(json, "rope_theta") ? 10000 : config.real("rope_theta");
    return new Rope(
        theta,
        ConfigFile.absent(json, "rope_scaling")
            ? Optional.empty()
            : scaling(config, json.path("rope_scaling")));
  }

  private static Optional<Llama3Scaling> scaling(ConfigFile config, JsonNode rope) {
    String type = rope.path("rope_type").asText(rope.path("type").asText(""));
    return switch (type) {
      case "default" -> Optional.empty();
      case "llama3" ->
          Optional.of(
              new Llama3Scaling(
                  config.real(rope, "factor"),
                  config.real(rope, "low_freq_factor"),
                  config.real(rope, "high_freq_factor"),
                  config.real(rope, "original_max_position_embeddings")));
      default ->
          throw config.refused("the rope type is `%s`; those known are default and llama3", type);
    };
  }
}
