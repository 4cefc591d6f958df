package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.gguf.GgufMetadata;
import io.sftjob.trainer.model.DecoderSpec.Attention;
import io.sftjob.trainer.model.DecoderSpec.Mlp;
import io.sftjob.trainer.model.DecoderSpec.Rope;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.TensorSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The Llama family in GGUF: its keys as a spec, its tensors under transformers' names. */
final class LlamaGguf {
  static final String ARCHITECTURE = "llama";

  private static final Map<LinearRole, String> LINEARS =
      Map.of(
          LinearRole.Q, "attn_q",
          LinearRole.K, "attn_k",
          LinearRole.V, "attn_v",
          LinearRole.O, "attn_output",
          LinearRole.Gate, "ffn_gate",
          LinearRole.Up, "ffn_up",
          LinearRole.Down, "ffn_down");

  private LlamaGguf() {}

  static DecoderSpec spec(String location, GgufFile file) {
    GgufMetadata keys = file.metadata();
    for (String key : keys.keys()) {
      if (key.startsWith("llama.rope.scaling.")
          || key.startsWith("llama.expert_")
          || key.equals("llama.attention.sliding_window")) {
        throw new TrainerException(
            ExitCode.ModelNotUsable,
            "%s: the GGUF key `%s` is %s, which is not supported and would change the result"
                .formatted(location, key, keys.value(key).orElseThrow()));
      }
    }
    int hidden = integer(keys, "llama.embedding_length");
    int heads = integer(keys, "llama.attention.head_count");
    int headDim =
        keys.integer("llama.attention.key_length").map(Math::toIntExact).orElse(hidden / heads);
    requireFullRotation(location, keys, headDim);
    return new DecoderSpec(
        ARCHITECTURE,
        vocabSize(location, file),
        hidden,
        integer(keys, "llama.block_count"),
        new Attention(
            heads,
            keys.integer("llama.attention.head_count_kv").map(Math::toIntExact).orElse(heads),
            headDim,
            file.tensor("blk.0.attn_q.bias").isPresent(),
            file.tensor("blk.0.attn_output.bias").isPresent()),
        new Mlp(
            integer(keys, "llama.feed_forward_length"),
            file.tensor("blk.0.ffn_gate.bias").isPresent()),
        real(keys, "llama.attention.layer_norm_rms_epsilon"),
        new Rope(keys.real("llama.rope.freq_base").orElse(10000.0), Optional.empty()),
        integer(keys, "llama.context_length"),
        file.tensor("output.weight").isEmpty());
  }

  private static void requireFullRotation(String location, GgufMetadata keys, int headDim) {
    long rotated = keys.integer("llama.rope.dimension_count").orElse((long) headDim);
    if (rotated != headDim) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "%s: the GGUF key `llama.rope.dimension_count` is %d; expected the head's dimension %d"
              .formatted(location, rotated, headDim));
    }
  }

  private static int vocabSize(String location, GgufFile file) {
    return file.tensor("token_embd.weight")
        .map(tensor -> Math.toIntExact(tensor.shape()[0]))
        .orElseThrow(
            () ->
                new TrainerException(
                    ExitCode.ModelNotUsable, location + " has no tensor `token_embd.weight`"));
  }

  private static int integer(GgufMetadata keys, String key) {
    return Math.toIntExact(keys.required(key, keys.integer(key)));
  }

  private static double real(GgufMetadata keys, String key) {
    return keys.required(key, keys.real(key));
  }

  /** The same tensors as a checkpoint of transformers would hold. */
  static TensorSource renamed(TensorSource ggml, DecoderSpec spec, Kernels kernels) {
    return new Renamed(ggml, ggmlNames(spec), heads(spec), kernels);
  }

  /** ggml's names by transformers'. */
  private static Map<String, String> ggmlNames(DecoderSpec spec) {
    var names = new LinkedHashMap<String, String>();
    names.put(TensorNames.EMBEDDING, "token_embd.weight");
    names.put(TensorNames.NORM, "output_norm.weight");
    names.put(TensorNames.HEAD, "output.weight");
    for (int layer = 0; layer < spec.layers(); layer++) {
      String block = "blk." + layer + ".";
      names.put(TensorNames.inputNorm(layer), block + "attn_norm.weight");
      names.put(TensorNames.postAttentionNorm(layer), block + "ffn_norm.weight");
      for (LinearRole role : LinearRole.values()) {
        for (String kind : new String[] {".weight", ".bias"}) {
          names.put(role.module(layer) + kind, block + LINEARS.get(role) + kind);
        }
      }
    }
    return names;
  }

  /** Heads by the names of the tensors whose rows llama.cpp permutes. */
  private static Map<String, Integer> heads(DecoderSpec spec) {
    var heads = new LinkedHashMap<String, Integer>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (String kind : new String[] {".weight", ".bias"}) {
        heads.put(LinearRole.Q.module(layer) + kind, spec.attention().heads());
        heads.put(LinearRole.K.module(layer) + kind, spec.attention().kvHeads());
      }
    }
    return heads;
  }

  private record Renamed(
      TensorSource ggml,
      Map<String, String> ggmlNames,
      Map<String, Integer> permutedHeads,
      Kernels kernels)
      implements TensorSource {

    @Override
    public String location() {
      return ggml.location();
    }

    /** What is unknown keeps ggml's name, so that it is refused under it. */
    @Override
    public Set<String> names() {
      var unknown = new LinkedHashSet<>(ggml.names());
      var names = new LinkedHashSet<String>();
      ggmlNames.forEach(
          (name, ggmlName) -> {
            if (unknown.remove(ggmlName)) {
              names.add(name);
            }
          });
      names.addAll(unknown);
      return names;
    }

    @Override
    public long[] shape(String name) {
      return ggml.shape(ggmlNames.get(name));
    }

    @Override
    public boolean isFloat32(String name) {
      return ggml.isFloat32(ggmlNames.get(name));
    }

    @Override
    public long bytes(String name) {
      return ggml.bytes(ggmlNames.get(name));
    }

    @Override
    public NDArray load(NDManager owner, String name, TorchDtype dtype) {
      Integer heads = permutedHeads.get(name);
      if (heads == null) {
        return ggml.load(owner, ggmlNames.get(name), dtype);
      }
      try (NDArray permuted = ggml.load(kernels.manager(), ggmlNames.get(name), dtype)) {
        return kernels.tensor(owner, "unpermute", permuted, heads);
      }
    }

    @Override
    public void close() {
      ggml.close();
    }
  }
}
