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
 * @param head the embedding itself where they are tied
 */
record DecoderWeights(NDArray embedding, List<Layer> layers, NDArray norm, NDArray head) {

  /**
   * @param norms before attention, before the MLP; each [hidden]
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
    Map<String, long[]> names = TensorNames.shapes(spec);
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
      for (LinearRole role : LinearRole.values()) {
        String module = role.module(i);
        linears.put(
            role,
            List.of(loaded.get(module + ".weight"), loaded.getOrDefault(module + ".bias", none)));
      }
      layers.add(
          new Layer(
              List.of(
                  loaded.get(TensorNames.inputNorm(i)),
                  loaded.get(TensorNames.postAttentionNorm(i))),
              linears));
    }
    NDArray embedding = loaded.get(TensorNames.EMBEDDING);
    return new DecoderWeights(
        embedding,
        List.copyOf(layers),
        loaded.get(TensorNames.NORM),
        loaded.getOrDefault(TensorNames.HEAD, embedding));
  }
}
