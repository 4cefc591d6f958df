package io.sftjob.trainer.model;

import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.Kernels;
import java.util.AbstractList;
import java.util.function.BiFunction;

/** Layers that are loaded when they are asked for, of which only the last one is kept. */
final class StreamedLayers extends AbstractList<DecoderWeights.Layer> {
  private final int size;
  private final Kernels kernels;
  private final BiFunction<NDManager, Integer, DecoderWeights.Layer> load;
  private int number = -1;
  private NDManager owner;
  private DecoderWeights.Layer layer;

  /**
   * @param load loads a layer into its owner
   */
  StreamedLayers(
      int size, Kernels kernels, BiFunction<NDManager, Integer, DecoderWeights.Layer> load) {
    this.size = size;
    this.kernels = kernels;
    this.load = load;
  }

  @Override
  public DecoderWeights.Layer get(int index) {
    if (index != number) {
      if (owner != null) {
        owner.close();
      }
      owner = kernels.manager().newSubManager();
      layer = load.apply(owner, index);
      number = index;
    }
    return layer;
  }

  @Override
  public int size() {
    return size;
  }
}
