package io.sftjob.trainer.model;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The model families by {@code model_type} of config.json. */
final class Families {
  private static final Map<String, Function<ConfigFile, DecoderSpec>> BY_MODEL_TYPE =
      new TreeMap<>(
          Map.of(
              "llama", LlamaConfig::llama,
              "mistral", LlamaConfig::mistral,
              "qwen2", LlamaConfig::qwen2,
              "qwen3", LlamaConfig::qwen3,
              "qwen", QwenConfig::spec,
              "chatglm", ChatGlmConfig::spec,
              "baichuan", BaichuanConfig::spec));

  private Families() {}

  static DecoderSpec spec(ConfigFile config) {
    String type = config.text("model_type");
    var family = BY_MODEL_TYPE.get(type);
    if (family == null) {
      throw config.refused(
          "`model_type` is `%s`; those known are %s",
          type, String.join(", ", BY_MODEL_TYPE.keySet()));
    }
    return family.apply(config);
  }
}
