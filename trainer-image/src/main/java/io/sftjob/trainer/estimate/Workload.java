package io.sftjob.trainer.estimate;

import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Optional;

/**
 * How a job computes.
 *
 * @param dtype of weights and activations
 * @param quantization that the job asks for; a checkpoint that is quantized already has its own
 * @param gpu whether on a CUDA device
 * @param checkpointing whether each layer is computed again on the way back
 * @param savesBesideSteps whether steps follow a checkpoint, so that its snapshot lies beside them
 * @param headRows rows of logits at a time
 */
public record Workload(
    TorchDtype dtype,
    Optional<QuantConfig> quantization,
    boolean gpu,
    Batch batch,
    boolean checkpointing,
    boolean savesBesideSteps,
    int headRows) {

  public Workload with(Batch other) {
    return new Workload(dtype, quantization, gpu, other, checkpointing, savesBesideSteps, headRows);
  }

  /** T: the tokens of a micro-batch. */
  long tokens() {
    return batch.tokens();
  }

  /** e: bytes of an element. */
  int element() {
    return dtype.bytes();
  }

  boolean float32() {
    return dtype == TorchDtype.FLOAT32;
  }
}
