package io.sftjob.trainer.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors of a decoder under transformers' names, with their shapes. */
final class TensorNames {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String NORM = "model.norm.weight";
  static final String HEAD = "lm_head.weight";

  private TensorNames() {}

  static String inputNorm(int layer) {
    return "model.layers." + layer + ".input_layernorm.weight";
  }

  static String postAttentionNorm(int layer) {
    return "model.layers." + layer + ".post_attention_layernorm.weight";
  }

  /** All of them; the head only where it is not the embedding. */
  static Map<String, long[]> shapes(DecoderSpec spec) {
    var shapes = new LinkedHashMap<String, long[]>();
    long hidden = spec.hiddenSize();
    shapes.put(EMBEDDING, new long[] {spec.vocabSize(), hidden});
    for (int layer = 0; layer < spec.layers(); layer++) {
      shapes.put(inputNorm(layer), new long[] {hidden});
      shapes.put(postAttentionNorm(layer), new long[] {hidden});
      for (LinearRole role : LinearRole.values()) {
        String module = role.module(layer);
        shapes.put(module + ".weight", new long[] {role.out(spec), role.in(spec)});
        if (role.hasBias(spec)) {
          shapes.put(module + ".bias", new long[] {role.out(spec)});
        }
      }
    }
    shapes.put(NORM, new long[] {hidden});
    if (!spec.tiedEmbeddings()) {
      shapes.put(HEAD, new long[] {spec.vocabSize(), hidden});
    }
    return shapes;
  }
}
