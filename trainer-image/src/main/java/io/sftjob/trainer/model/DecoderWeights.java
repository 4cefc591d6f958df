package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.TensorSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The frozen weights on the device.
 *
 * @param head the embedding itself where they are tied; its rows of length 1 where they are
 *     normalised
 * @param storedHead as it lies in the checkpoint
 */
record DecoderWeights(
    NDArray embedding, List<Layer> layers, NDArray norm, NDArray head, NDArray storedHead) {

  /**
   * @param norms before attention, before the MLP, each [hidden]; then, if there are any, of the
   *     heads of q and of k, each [headDim]
   * @param linears by role: W [out, in] and the bias [out], or an empty tensor for none
   */
  record Layer(List<NDArray> norms, Map<LinearRole, List<NDArray>> linears) {}

  /** Loads one tensor after the other into the owner. */
  static DecoderWeights load(
      NDManager owner,
      DecoderSpec spec,
      TensorSource source,
      TorchDtype dtype,
      Kernels kernels,
      LoadListener listener) {
    Layout layout = spec.layout();
    Map<String, long[]> names = layout.shapes(spec);
    long total = names.keySet().stream().mapToLong(source::bytes).sum();
    long done = 0;
    Map<String, NDArray> loaded = new HashMap<>();
    for (String name : names.keySet()) {
      loaded.put(name, source.load(owner, name, dtype));
      done += source.bytes(name);
      listener.loaded(done, total);
    }
    NDArray none = kernels.tensor(owner, "empty", dtype.code());
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < spec.layers(); i++) {
      var linears = new EnumMap<LinearRole, List<NDArray>>(LinearRole.class);
      for (LinearRole role : layout.roles()) {
        String module = layout.module(i, role);
        linears.put(
            role,
            List.of(loaded.get(module + ".weight"), loaded.getOrDefault(module + ".bias", none)));
      }
      var norms = new ArrayList<NDArray>();
      norms.add(loaded.get(layout.inputNorm(i)));
      norms.add(loaded.get(layout.postAttentionNorm(i)));
      if (spec.attention().headNorms()) {
        norms.add(loaded.get(layout.queryNorm(i)));
        norms.add(loaded.get(layout.keyNorm(i)));
      }
      layers.add(new Layer(List.copyOf(norms), linears));
    }
    NDArray embedding = loaded.get(layout.embedding());
    NDArray stored = loaded.getOrDefault(layout.head(), embedding);
    NDArray head =
        spec.head() == DecoderSpec.Head.Normalised
            ? kernels.tensor(owner, "unit_rows", stored)
            : stored;
    return new DecoderWeights(
        embedding, List.copyOf(layers), loaded.get(layout.norm()), head, stored);
  }
}
