package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
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
   * @param linears by role, as linear.py takes them without adapters
   */
  record Layer(List<NDArray> norms, Map<LinearRole, List<NDArray>> linears) {}
}
