package io.sftjob.trainer.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sftjob.trainer.model.DecoderSpec;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * Writes PEFT's adapter_config.json: the keys that every version of PEFT since 0.6 knows, sorted;
 * newer ones take their defaults for the rest.
 */
final class PeftConfig {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private PeftConfig() {}

  static byte[] json(LoraConfig config, DecoderSpec spec, String baseModel) {
    var described = Described.of(spec, config, Placement.of(spec, config, Origin.SPEC));
    var keys = new TreeMap<String, Object>();
    keys.put("alpha_pattern", described.alphaPattern());
    keys.put("auto_mapping", null);
    keys.put("base_model_name_or_path", baseModel);
    keys.put("bias", "none");
    keys.put("fan_in_fan_out", false);
    keys.put("inference_mode", true);
    keys.put("init_lora_weights", true);
    keys.put("layers_pattern", null);
    keys.put("layers_to_transform", null);
    keys.put("lora_alpha", described.alpha());
    keys.put("lora_dropout", config.dropout());
    keys.put(
        "modules_to_save", described.modulesToSave().isEmpty() ? null : described.modulesToSave());
    keys.put("peft_type", "LORA");
    keys.put("r", described.rank());
    keys.put("rank_pattern", described.rankPattern());
    keys.put("revision", null);
    keys.put("target_modules", described.targetModules());
    keys.put("task_type", "CAUSAL_LM");
    keys.put("use_dora", false);
    keys.put("use_rslora", described.useRslora());
    try {
      return (JSON.writeValueAsString(keys) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
