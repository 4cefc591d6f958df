package io.sftjob.trainer.lora;

import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Adapters are trained in float32; those of 16 bits become it without loss. */
final class Widened {
  private Widened() {}

  /** The same values in float32; other dtypes than 16-bit floats are left as they are. */
  static HostTensor of(HostTensor tensor) {
    return switch (tensor.dtype()) {
      case BF16 -> widened(tensor, bits -> Float.intBitsToFloat(bits << 16));
      case F16 -> widened(tensor, Float::float16ToFloat);
      default -> tensor;
    };
  }

  private interface Decode {
    float of(short bits);
  }

  private static HostTensor widened(HostTensor tensor, Decode decode) {
    var from = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    var data = ByteBuffer.allocate(4 * from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    var to = data.asFloatBuffer();
    while (from.hasRemaining()) {
      to.put(decode.of(from.get()));
    }
    return new HostTensor(tensor.name(), Dtype.F32, tensor.shape(), data);
  }
}
