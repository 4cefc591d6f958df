package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Quantizes weights as bitsandbytes does on the CPU, to the bit. */
public final class Quantizer {
  private final Kernels kernels;
  private final QuantConfig config;

  public Quantizer(Kernels kernels, QuantConfig config) {
    this.kernels = kernels;
    this.config = config;
  }

  /**
   * Quantizes some rows or blocks at a time: beside the weight and the result little is in memory.
   *
   * @param owner of the result
   * @param name of the tensor, for messages
   * @param weight [out, in], contiguous, in the dtype; stays the caller's
   * @throws TrainerException if a weight is not finite, or too large for Int8
   */
  public QuantizedTensor quantize(NDManager owner, String name, NDArray weight, TorchDtype dtype) {
    if (!kernels.bool("all_finite", weight)) {
      throw refused("tensor `%s` holds weights that are infinite or not a number", name);
    }
    return switch (config) {
      case QuantConfig.FourBit fourBit -> fourBit(owner, weight, dtype, fourBit);
      case QuantConfig.Int8 int8 -> int8(owner, name, weight);
    };
  }

  private QuantizedTensor fourBit(
      NDManager owner, NDArray weight, TorchDtype dtype, QuantConfig.FourBit how) {
    NDArray map = map(owner, how.codebook());
    var quantized =
        kernels.tensors(
            owner, "quantize_4bit", weight, map, how.codebook().ascending(), how.blockSize());
    NDArray absmax = quantized.get(1);
    Optional<QuantizedTensor.Nested> nested = Optional.empty();
    if (how.doubleQuant()) {
      NDArray dynamic = dynamicMap(owner);
      try (NDArray plain = absmax) {
        var again = kernels.tensors(owner, "quantize_nested", plain, dynamic);
        absmax = again.get(0);
        nested = Optional.of(new QuantizedTensor.Nested(again.get(1), dynamic, again.get(2)));
      }
    }
    return new QuantizedTensor.FourBit(
        how.codebook(),
        how.blockSize(),
        dtype,
        weight.getShape().getShape(),
        quantized.get(0),
        map,
        kernels.tensor(owner, "quant_pairs", map),
        absmax,
        nested);
  }

  private QuantizedTensor int8(NDManager owner, String name, NDArray weight) {
    var quantized = kernels.tensors(owner, "quantize_int8", weight);
    NDArray scales = quantized.get(1);
    if (!kernels.bool("all_finite", scales)) {
      throw refused(
          "tensor `%s` holds weights beyond 65504, the largest number of float16, which Int8 goes through",
          name);
    }
    return new QuantizedTensor.Int8(weight.getShape().getShape(), quantized.get(0), scales);
  }

  private NDArray map(NDManager owner, Codebook codebook) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * 16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(codebook.table());
    return HostMemory.upload(kernels, owner, bytes, new long[] {16});
  }

  /** Computed on the CPU, so that it is the same on every device. */
  private NDArray dynamicMap(NDManager owner) {
    try (NDArray map = kernels.tensor(kernels.manager(), "dynamic_map")) {
      return kernels.convert(owner, map, TorchDtype.FLOAT32);
    }
  }

  private static TrainerException refused(String message, String name) {
    return new TrainerException(ExitCode.ModelNotUsable, message.formatted(name));
  }
}
