package io.sftjob.trainer.model;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The names of a family's tensors.
 *
 * @param layers path of the layers, each one its number behind it
 * @param inputNorm path in a layer
 * @param postAttentionNorm path in a layer
 * @param linears paths in a layer, in the order of computation
 * @param buffers of a layer, which some files hold and which follow from the configuration
 * @param globalBuffers the same, of the model
 */
public record Layout(
    String embedding,
    String norm,
    String head,
    String layers,
    String inputNorm,
    String postAttentionNorm,
    SequencedMap<LinearRole, String> linears,
    Set<String> buffers,
    Set<String> globalBuffers) {

  /** The names of transformers' Llama, which most families share. */
  static final Layout LLAMA =
      llama(
          paths(
              LinearRole.Q, "self_attn.q_proj",
              LinearRole.K, "self_attn.k_proj",
              LinearRole.V, "self_attn.v_proj",
              LinearRole.O, "self_attn.o_proj",
              LinearRole.Gate, "mlp.gate_proj",
              LinearRole.Up, "mlp.up_proj",
              LinearRole.Down, "mlp.down_proj"));

  static Layout llama(SequencedMap<LinearRole, String> linears) {
    return new Layout(
        "model.embed_tokens.weight",
        "model.norm.weight",
        "lm_head.weight",
        "model.layers",
        "input_layernorm",
        "post_attention_layernorm",
        linears,
        Set.of("self_attn.rotary_emb.inv_freq"),
        Set.of("model.rotary_emb.inv_freq"));
  }

  /** Alternately a {@link LinearRole} and its path. */
  static SequencedMap<LinearRole, String> paths(Object... rolesAndPaths) {
    var paths = new LinkedHashMap<LinearRole, String>();
    for (int i = 0; i < rolesAndPaths.length; i += 2) {
      paths.put((LinearRole) rolesAndPaths[i], (String) rolesAndPaths[i + 1]);
    }
    return Collections.unmodifiableSequencedMap(paths);
  }

  /** The linear modules of a layer, in the order of computation. */
  public List<LinearRole> roles() {
    return List.copyOf(linears.sequencedKeySet());
  }

  /** The module's path in the checkpoint, as PEFT names it. */
  public String module(int layer, LinearRole role) {
    return in(layer, linears.get(role));
  }

  String inputNorm(int layer) {
    return in(layer, inputNorm) + ".weight";
  }

  String postAttentionNorm(int layer) {
    return in(layer, postAttentionNorm) + ".weight";
  }

  /** Of {@code Attention.headNorms}. */
  String queryNorm(int layer) {
    return in(layer, "self_attn.q_norm.weight");
  }

  /** Of {@code Attention.headNorms}. */
  String keyNorm(int layer) {
    return in(layer, "self_attn.k_norm.weight");
  }

  private String in(int layer, String path) {
    return layers + "." + layer + "." + path;
  }

  /** Every tensor that such a decoder has, with its shape; the head only where it is its own. */
  public Map<String, long[]> shapes(DecoderSpec spec) {
    var shapes = new LinkedHashMap<String, long[]>();
    long hidden = spec.hiddenSize();
    long headDim = spec.attention().headDim();
    shapes.put(embedding, new long[] {spec.vocabSize(), hidden});
    for (int layer = 0; layer < spec.layers(); layer++) {
      shapes.put(inputNorm(layer), new long[] {hidden});
      shapes.put(postAttentionNorm(layer), new long[] {hidden});
      if (spec.attention().headNorms()) {
        shapes.put(queryNorm(layer), new long[] {headDim});
        shapes.put(keyNorm(layer), new long[] {headDim});
      }
      for (LinearRole role : roles()) {
        String module = module(layer, role);
        shapes.put(module + ".weight", new long[] {role.out(spec), role.in(spec)});
        if (role.hasBias(spec)) {
          shapes.put(module + ".bias", new long[] {role.out(spec)});
        }
      }
    }
    shapes.put(norm, new long[] {hidden});
    if (!spec.tiedEmbeddings()) {
      shapes.put(head, new long[] {spec.vocabSize(), hidden});
    }
    return shapes;
  }

  /** Names that may be there and are not read. */
  Set<String> ignorable(int layers) {
    var names = new HashSet<>(globalBuffers);
    for (int layer = 0; layer < layers; layer++) {
      for (String buffer : buffers) {
        names.add(in(layer, buffer));
      }
    }
    return names;
  }
}
