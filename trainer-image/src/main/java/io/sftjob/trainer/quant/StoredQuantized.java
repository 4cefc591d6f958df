package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.List;

/** A weight as bitsandbytes' files have it, in several tensors. */
sealed interface StoredQuantized permits StoredFourBit, StoredInt8 {
  /** [out, in]. */
  long[] shape();

  QuantizationMode mode();

  /** Of the weights that were quantized. */
  TorchDtype dtype();

  /** The names of the tensors, the weight's own first. */
  List<String> parts();

  /**
   * @throws io.sftjob.trainer.TrainerException if a scale is infinite or not a number
   */
  QuantizedTensor load(NDManager owner);
}
