package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.List;
import java.util.Optional;

/** The weight [out, in] of a linear module in one of bitsandbytes' formats, on a device. */
public sealed interface QuantizedTensor {
  /** [out, in]. */
  long[] shape();

  /**
   * The frozen linear as the kernels take it (quant.py).
   *
   * @param bias [out], or an empty tensor
   * @param scratch memory for the dense weight, [≥ out · in] of the dtype of computation, or an
   *     empty tensor; several linears may share it
   */
  List<NDArray> linear(NDArray bias, NDArray scratch);

  /** Dense again: the products in float32, rounded once to the dtype. */
  default NDArray dequantize(Kernels kernels, NDManager owner, TorchDtype dtype) {
    try (NDArray none = kernels.tensor(kernels.manager(), "empty", dtype.code())) {
      return kernels.tensor(
          owner, "quant_weight", linear(none, none), shape()[0], shape()[1], dtype.code());
    }
  }

  /**
   * NF4 or FP4.
   *
   * @param dtype of the weights that were quantized
   * @param codes uint8 [⌈out·in/2⌉, 1], the first of two codes in the high nibble
   * @param map float32 [16], the value of each code
   * @param pairs float32 [256, 2], the two values of each byte
   * @param absmax of each block: float32, or uint8 if nested
   */
  record FourBit(
      Codebook codebook,
      int blockSize,
      TorchDtype dtype,
      long[] shape,
      NDArray codes,
      NDArray map,
      NDArray pairs,
      NDArray absmax,
      Optional<Nested> nested)
      implements QuantizedTensor {

    @Override
    public List<NDArray> linear(NDArray bias, NDArray scratch) {
      return nested
          .map(n -> List.of(codes, bias, scratch, pairs, absmax, n.absmax, n.map, n.offset))
          .orElseGet(() -> List.of(codes, bias, scratch, pairs, absmax));
    }
  }

  /**
   * Double quantization: the scale of a block is {@code map[code] · absmax + offset}.
   *
   * @param absmax float32, of each 256 blocks
   * @param map float32 [256], ascending
   * @param offset float32 []
   */
  record Nested(NDArray absmax, NDArray map, NDArray offset) {
    public static final int BLOCK_SIZE = 256;
  }

  /**
   * The weights of LLM.int8(): {@code codes · scales / 127}.
   *
   * @param codes int8 [out, in]
   * @param scales float32 [out], the absmax of each row
   */
  record Int8(long[] shape, NDArray codes, NDArray scales) implements QuantizedTensor {
    @Override
    public List<NDArray> linear(NDArray bias, NDArray scratch) {
      return List.of(codes, bias, scratch, scales);
    }
  }
}
