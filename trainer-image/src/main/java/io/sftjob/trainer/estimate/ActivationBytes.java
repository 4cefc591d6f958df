package io.sftjob.trainer.estimate;

import io.sftjob.trainer.lora.AdapterPlan;
import io.sftjob.trainer.model.DecoderSpec;
import java.util.stream.LongStream;

/** One micro-batch, forward and backward (Backprop). */
final class ActivationBytes {
  private final StoredModel model;
  private final DecoderSpec spec;
  private final Workload work;
  private final AdapterPlan adapter;

  ActivationBytes(StoredModel model, Workload work, AdapterPlan adapter) {
    this.model = model;
    this.spec = model.spec();
    this.work = work;
    this.adapter = adapter;
  }

  /**
   * Kept over the whole pass. With checkpointing the layers' inputs, (layers + 1) · T · H · e, and
   * the gradients before and behind a layer; without, all that autograd keeps of each layer from
   * the lowest with an adapter on.
   */
  long kept() {
    long row = work.tokens() * spec.hiddenSize() * work.element();
    long inputs =
        work.checkpointing()
            ? (spec.layers() + 3) * row
            : row + layers().map(layer -> layer(layer).kept()).sum();
    return inputs + LayerBytes.shared(spec, work);
  }

  /** The most that one layer takes beside that, while its gradients are computed. */
  long layer() {
    return layers()
        .map(
            index -> {
              var layer = layer(index);
              return work.checkpointing() ? layer.peak() : layer.peak() - layer.kept();
            })
        .max()
        .orElse(0);
  }

  /** Of these, what the system has again when the pass is over. */
  long givenBack() {
    long row = work.tokens() * spec.hiddenSize() * work.element();
    long inputs = Malloc.givesBack(row) ? kept() : 0;
    return inputs + layers().map(layer -> layer(layer).givenBack()).max().orElse(0);
  }

  private LongStream layers() {
    return LongStream.range(adapter.lowestLayer(), spec.layers());
  }

  private LayerBytes layer(long index) {
    return new LayerBytes(model, work, adapter, (int) index);
  }
}
