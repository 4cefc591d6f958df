package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDArray;
import io.sftjob.trainer.quant.QuantizedTensor.Nested;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.TensorInfo;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A quantized weight as the tensors of bitsandbytes' files. */
public final class QuantizedParts {
  private QuantizedParts() {}

  /** Takes the next bytes of a tensor. */
  public interface Target {
    void write(String tensor, ByteBuffer bytes) throws IOException;
  }

  /**
   * What a weight will be in a file, before it is quantized.
   *
   * @param shape [out, in]
   */
  public static List<TensorInfo> planned(
      String weight, long[] shape, TorchDtype dtype, QuantConfig config) {
    return switch (config) {
      case QuantConfig.FourBit fourBit -> planned(weight, state(shape, dtype, fourBit));
      case QuantConfig.Int8 int8 ->
          List.of(
              new TensorInfo(weight, Dtype.I8, shape),
              new TensorInfo(PartNames.scales(weight), Dtype.F32, new long[] {shape[0]}),
              new TensorInfo(PartNames.format(weight), Dtype.U8, new long[0]));
    };
  }

  private static List<TensorInfo> planned(String weight, QuantState state) {
    boolean nested = state.nestedOffset().isPresent();
    var infos = new ArrayList<TensorInfo>();
    infos.add(new TensorInfo(weight, Dtype.U8, new long[] {Math.ceilDiv(state.elements(), 2), 1}));
    infos.add(
        new TensorInfo(
            PartNames.absmax(weight), nested ? Dtype.U8 : Dtype.F32, new long[] {state.blocks()}));
    infos.add(new TensorInfo(PartNames.map(weight), Dtype.F32, new long[] {16}));
    infos.add(
        new TensorInfo(
            PartNames.state(weight, state.codebook()), Dtype.U8, new long[] {state.jsonBytes()}));
    if (nested) {
      long[] blocks = {Math.ceilDiv(state.blocks(), Nested.BLOCK_SIZE)};
      infos.add(new TensorInfo(PartNames.nestedAbsmax(weight), Dtype.F32, blocks));
      infos.add(new TensorInfo(PartNames.nestedMap(weight), Dtype.F32, new long[] {256}));
    }
    return infos;
  }

  /** The offset is not known yet; 0 stands for it. */
  private static QuantState state(long[] shape, TorchDtype dtype, QuantConfig.FourBit config) {
    return new QuantState(
        config.codebook(),
        config.blockSize(),
        dtype,
        shape,
        config.doubleQuant() ? OptionalDouble.of(0) : OptionalDouble.empty());
  }

  /** Writes the bytes of all that was planned. */
  public static void write(String weight, QuantizedTensor quantized, Kernels kernels, Target target)
      throws IOException {
    var out = new Writing(kernels, target);
    switch (quantized) {
      case QuantizedTensor.FourBit fourBit -> out.fourBit(weight, fourBit);
      case QuantizedTensor.Int8 int8 -> {
        out.tensor(weight, int8.codes(), 1);
        out.tensor(PartNames.scales(weight), int8.scales(), Float.BYTES);
        target.write(PartNames.format(weight), ByteBuffer.allocate(1));
      }
    }
  }

  private record Writing(Kernels kernels, Target target) {
    void fourBit(String weight, QuantizedTensor.FourBit q) throws IOException {
      tensor(weight, q.codes(), 1);
      tensor(PartNames.absmax(weight), q.absmax(), q.nested().isPresent() ? 1 : Float.BYTES);
      tensor(PartNames.map(weight), q.map(), Float.BYTES);
      var offset = OptionalDouble.empty();
      if (q.nested().isPresent()) {
        Nested nested = q.nested().get();
        tensor(PartNames.nestedAbsmax(weight), nested.absmax(), Float.BYTES);
        tensor(PartNames.nestedMap(weight), nested.map(), Float.BYTES);
        offset = OptionalDouble.of(nested.offset().toFloatArray()[0]);
      }
      var state = new QuantState(q.codebook(), q.blockSize(), q.dtype(), q.shape(), offset);
      target.write(PartNames.state(weight, q.codebook()), ByteBuffer.wrap(state.json()));
    }

    void tensor(String name, NDArray values, int elementBytes) throws IOException {
      HostMemory.pieces(kernels, values, elementBytes, bytes -> target.write(name, bytes));
    }
  }
}
