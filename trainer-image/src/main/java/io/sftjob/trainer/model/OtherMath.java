package io.sftjob.trainer.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Fields that models of other architectures carry and that would change the result. */
final class OtherMath {
  private static final List<String> FIELDS =
      List.of(
          "logit_scale",
          "logits_scaling",
          "final_logit_softcapping",
          "attn_logit_softcapping",
          "residual_multiplier",
          "embedding_multiplier",
          "attention_multiplier",
          "attention_chunk_size",
          "clip_qkv",
          "partial_rotary_factor",
          "rotary_pct",
          "num_local_experts",
          "num_experts",
          "n_routed_experts",
          "kv_lora_rank",
          "no_rope_layers",
          "use_qk_norm",
          "qk_layernorm");

  private OtherMath() {}

  static void refuse(ConfigFile config) {
    JsonNode json = config.json();
    if (!ConfigFile.absent(json, "hidden_act") && !config.text("hidden_act").equals("silu")) {
      throw config.refused("`hidden_act` is %s; only silu is known", json.path("hidden_act"));
    }
    for (String field : FIELDS) {
      if (!ConfigFile.absent(json, field)) {
        throw config.refused(
            "`%s` is %s; the family `%s` has no such field, and it would change the result",
            field, json.path(field), config.text("model_type"));
      }
    }
    refuseWindows(config);
  }

  /** Qwen's files name a window and switch it off. */
  private static void refuseWindows(ConfigFile config) {
    JsonNode json = config.json();
    boolean off =
        !ConfigFile.absent(json, "use_sliding_window") && !config.flag("use_sliding_window");
    if (!off && !ConfigFile.absent(json, "sliding_window")) {
      throw config.refused(
          "`sliding_window` is %s; attention with a window is not supported",
          json.path("sliding_window"));
    }
    for (JsonNode type : json.path("layer_types")) {
      if (!type.asText().equals("full_attention")) {
        throw config.refused("`layer_types` holds %s; only full_attention is known", type);
      }
    }
  }
}
