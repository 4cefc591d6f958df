package io.sftjob.trainer.estimate;

import io.sftjob.trainer.lora.AdapterPlan;
import io.sftjob.trainer.model.DecoderSpec;
import java.util.stream.LongStream;

/** One micro-batch, forward and backward (Backprop). */
final class ActivationBytes {
  private final DecoderSpec spec;
  private final Workload work;
  private final AdapterPlan adapter;

  ActivationBytes(DecoderSpec spec, Workload work, AdapterPlan adapter) {
    this.spec = spec;
    this.work = work;
    this.adapter = adapter;
  }

  /**
   * Kept over the whole pass: the layers' inputs, (layers + 1) · T · H · e, and the gradients
   * before and behind a layer; without checkpointing, what all layers' linears gave.
   */
  long kept() {
    long outputs = work.checkpointing() ? 0 : spec.layers() * layer(0).outputs();
    return (spec.layers() + 3) * row() + outputs + LayerBytes.shared(spec, work);
  }

  /** The most that one layer takes beside that, while its gradients are computed. */
  long layer() {
    return layers()
        .map(index -> layer(index).backward() + (work.checkpointing() ? layer(index).outputs() : 0))
        .max()
        .orElse(0);
  }

  /** Of these, what the system has again when the pass is over. */
  long givenBack() {
    return (Malloc.givesBack(row()) ? kept() : 0)
        + layers().map(index -> layer(index).givenBack()).max().orElse(0);
  }

  private long row() {
    return work.tokens() * spec.hiddenSize() * work.element();
  }

  private LongStream layers() {
    return LongStream.range(adapter.lowestLayer(), spec.layers());
  }

  private LayerBytes layer(long index) {
    return new LayerBytes(spec, work, adapter, (int) index);
  }
}
