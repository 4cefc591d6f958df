package io.sftjob.trainer.estimate;

import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Optional;

/**
 * How a job computes.
 *
 * @param dtype of weights and activations
 * @param gpu whether on a CUDA device
 * @param batchSize rows in a micro-batch
 * @param maxLength tokens in a row, and in its longest document
 * @param checkpointing whether each layer is computed again on the way back
 * @param savesBesideSteps whether steps follow a checkpoint, so that its snapshot lies beside them
 */
public record Workload(
    TorchDtype dtype,
    Optional<QuantConfig> quantization,
    boolean gpu,
    int batchSize,
    int maxLength,
    boolean checkpointing,
    boolean savesBesideSteps) {

  /** T: the tokens of a micro-batch, all rows full. */
  long tokens() {
    return (long) batchSize * maxLength;
  }

  /** e: bytes of an element. */
  int element() {
    return dtype.bytes();
  }

  boolean float32() {
    return dtype == TorchDtype.FLOAT32;
  }
}
