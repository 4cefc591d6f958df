package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Families whose published tokenizer is code: their files do not say all. */
enum Family {
  BAICHUAN("baichuan", "BaichuanTokenizer"),
  CHATGLM("chatglm", "ChatGLMTokenizer"),
  QWEN("qwen", "QWenTokenizer"),
  OTHER("", "");

  private final String modelType;
  private final String tokenizerClass;

  Family(String modelType, String tokenizerClass) {
    this.modelType = modelType;
    this.tokenizerClass = tokenizerClass;
  }

  static Family of(CheckpointFolder folder) {
    JsonNode type = folder.json("config.json").path("model_type");
    JsonNode tokenizer = folder.json("tokenizer_config.json").path("tokenizer_class");
    for (Family family : List.of(BAICHUAN, CHATGLM, QWEN)) {
      if (type.isTextual()
          ? type.textValue().equals(family.modelType)
          : tokenizer.asText().equals(family.tokenizerClass)) {
        return family;
      }
    }
    return OTHER;
  }
}
