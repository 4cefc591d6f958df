package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.TensorSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A GGUF's tensors under transformers' names, with the rows of q and k in transformers' order. */
final class GgufTensors implements TensorSource {
  private static final Map<LinearRole, String> LINEARS =
      Map.of(
          LinearRole.Q, "attn_q",
          LinearRole.K, "attn_k",
          LinearRole.V, "attn_v",
          LinearRole.O, "attn_output",
          LinearRole.Gate, "ffn_gate",
          LinearRole.Up, "ffn_up",
          LinearRole.Down, "ffn_down");

  private final TensorSource ggml;
  private final Map<String, String> ggmlNames = new LinkedHashMap<>();
  private final Map<String, Integer> permutedHeads = new HashMap<>();
  private final Kernels kernels;

  GgufTensors(TensorSource ggml, DecoderSpec spec, Kernels kernels) {
    this.ggml = ggml;
    this.kernels = kernels;
    Layout layout = spec.layout();
    ggmlNames.put(layout.embedding(), "token_embd.weight");
    ggmlNames.put(layout.norm(), "output_norm.weight");
    ggmlNames.put(layout.head(), "output.weight");
    for (int layer = 0; layer < spec.layers(); layer++) {
      addLayer(spec, layer);
    }
  }

  private void addLayer(DecoderSpec spec, int layer) {
    Layout layout = spec.layout();
    String block = "blk." + layer + ".";
    ggmlNames.put(layout.inputNorm(layer), block + "attn_norm.weight");
    ggmlNames.put(layout.postAttentionNorm(layer), block + "ffn_norm.weight");
    ggmlNames.put(layout.queryNorm(layer), block + "attn_q_norm.weight");
    ggmlNames.put(layout.keyNorm(layer), block + "attn_k_norm.weight");
    for (LinearRole role : layout.roles()) {
      for (String kind : new String[] {".weight", ".bias"}) {
        String name = layout.module(layer, role) + kind;
        ggmlNames.put(name, block + LINEARS.get(role) + kind);
        // Only Llama's converter permutes: llama.cpp rotates its pairs interleaved.
        if (spec.family().equals("llama") && role == LinearRole.Q) {
          permutedHeads.put(name, spec.attention().heads());
        } else if (spec.family().equals("llama") && role == LinearRole.K) {
          permutedHeads.put(name, spec.attention().kvHeads());
        }
      }
    }
  }

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
    return ggml.shape(ggmlName(name));
  }

  @Override
  public String storedAs(String name) {
    return ggml.storedAs(ggmlName(name));
  }

  @Override
  public TorchDtype dtype(String name) {
    return ggml.dtype(ggmlName(name));
  }

  @Override
  public long bytes(String name) {
    return ggml.bytes(ggmlName(name));
  }

  private String ggmlName(String name) {
    return ggmlNames.getOrDefault(name, name);
  }

  @Override
  public NDArray load(NDManager owner, String name, TorchDtype dtype) {
    Integer heads = permutedHeads.get(name);
    if (heads == null) {
      return ggml.load(owner, ggmlName(name), dtype);
    }
    try (NDArray permuted = ggml.load(kernels.manager(), ggmlName(name), dtype)) {
      return kernels.tensor(owner, "unpermute", permuted, heads);
    }
  }

  @Override
  public void release() {
    ggml.release();
  }

  @Override
  public void close() {
    ggml.close();
  }
}
