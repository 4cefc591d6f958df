package io.sftjob.trainer.train;

import io.sftjob.trainer.safetensors.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * All that changes during training. Order and dropout are functions of the seed and the step, so
 * this is enough to go on to the same bits.
 *
 * @param adapter LoRA weights under PEFT's names, f32
 * @param expAvg AdamW's first moments, same order and shapes
 * @param expAvgSq AdamW's second moments, same order and shapes
 */
public record TrainState(
    TrainCounts counts,
    List<HostTensor> adapter,
    List<HostTensor> expAvg,
    List<HostTensor> expAvgSq) {

  /** Optimizer steps done. */
  public long step() {
    return counts.step();
  }

  /** Before the first step, at the given weights. */
  public static TrainState beginning(List<HostTensor> adapter) {
    List<HostTensor> zeros = adapter.stream().map(TrainState::zeros).toList();
    return new TrainState(TrainCounts.NONE, adapter, zeros, zeros);
  }

  private static HostTensor zeros(HostTensor like) {
    ByteBuffer data = ByteBuffer.allocate(like.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
    return new HostTensor(like.name(), like.dtype(), like.shape(), data);
  }
}
