package io.sftjob.trainer.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.LoraSpec;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * PEFT's adapter_config.json. Written are the keys that every version of PEFT since 0.6 knows,
 * sorted; newer ones take their defaults for the rest.
 */
final class PeftConfig {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Keys that change what the adapter computes, with the only value that we compute. */
  private static final Map<String, String> REQUIRED =
      Map.of(
          "peft_type", "\"LORA\"",
          "bias", "\"none\"",
          "use_dora", "false",
          "fan_in_fan_out", "false",
          "lora_bias", "false");

  /** Keys that change what the adapter computes unless they are absent or empty. */
  private static final List<String> EMPTY =
      List.of(
          "rank_pattern",
          "alpha_pattern",
          "modules_to_save",
          "layers_to_transform",
          "layer_replication",
          "exclude_modules",
          "target_parameters",
          "trainable_token_indices",
          "alora_invocation_tokens");

  private PeftConfig() {}

  /**
   * @param tensorNames of the adapter, in whose modules {@code AllLinear} is written out
   */
  static byte[] json(LoraConfig config, String baseModel, List<String> tensorNames) {
    var keys = new TreeMap<String, Object>();
    keys.put("alpha_pattern", Map.of());
    keys.put("auto_mapping", null);
    keys.put("base_model_name_or_path", baseModel);
    keys.put("bias", "none");
    keys.put("fan_in_fan_out", false);
    keys.put("inference_mode", true);
    keys.put("init_lora_weights", true);
    keys.put("layers_pattern", null);
    keys.put("layers_to_transform", null);
    keys.put("lora_alpha", config.alpha());
    keys.put("lora_dropout", config.dropout());
    keys.put("modules_to_save", null);
    keys.put("peft_type", "LORA");
    keys.put("r", config.rank());
    keys.put("rank_pattern", Map.of());
    keys.put("revision", null);
    keys.put("target_modules", targetModules(config, tensorNames));
    keys.put("task_type", "CAUSAL_LM");
    keys.put("use_dora", false);
    keys.put("use_rslora", config.useRslora());
    try {
      return (JSON.writeValueAsString(keys) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> targetModules(LoraConfig config, List<String> tensorNames) {
    return config.targetModules().equals(List.of(LoraSpec.ALL_LINEAR))
        ? tensorNames.stream().map(LoraModule::shortName).distinct().sorted().toList()
        : config.targetModules().stream().distinct().sorted().toList();
  }

  static LoraConfig read(Path path) {
    JsonNode json = parse(path);
    REQUIRED.forEach(
        (key, value) -> {
          JsonNode found = json.path(key);
          if (!found.isMissingNode() && !found.isNull() && !found.toString().equals(value)) {
            throw refused(path, "`%s` is %s; only %s can be computed", key, found, value);
          }
        });
    for (String key : EMPTY) {
      JsonNode found = json.path(key);
      if (!found.isMissingNode()
          && !found.isNull()
          && !(found.isContainerNode() && found.isEmpty())) {
        throw refused(path, "`%s` is %s, which is not supported", key, found);
      }
    }
    return new LoraConfig(
        integer(path, json, "r"),
        integer(path, json, "lora_alpha"),
        json.path("lora_dropout").asDouble(0),
        targets(path, json.path("target_modules")),
        json.path("use_rslora").asBoolean(false));
  }

  private static List<String> targets(Path path, JsonNode json) {
    if (json.asText("").equals("all-linear")) {
      return List.of(LoraSpec.ALL_LINEAR);
    }
    if (!json.isArray() || json.isEmpty()) {
      throw refused(path, "`target_modules` is %s; expected a list of names", json);
    }
    var targets = new ArrayList<String>();
    json.forEach(target -> targets.add(target.asText()));
    return targets;
  }

  private static int integer(Path path, JsonNode json, String key) {
    if (!json.path(key).isInt() || json.path(key).intValue() < 1) {
      throw refused(path, "`%s` is %s; expected an integer above 0", key, json.path(key));
    }
    return json.path(key).intValue();
  }

  private static JsonNode parse(Path path) {
    try {
      return JSON.readTree(Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new TrainerException(ExitCode.StorageRefused, path + ": no such file", e);
    } catch (JsonProcessingException e) {
      throw refused(path, "no valid JSON: %s", e.getOriginalMessage());
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused, path + ": can not be read: " + e.getMessage(), e);
    }
  }

  private static TrainerException refused(Path path, String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, path + ": " + message.formatted(values));
  }
}
