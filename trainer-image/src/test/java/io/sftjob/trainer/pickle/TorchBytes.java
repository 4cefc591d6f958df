package io.sftjob.trainer.pickle;

import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes state dicts for tests as {@code torch.save} does. */
public final class TorchBytes {
  private TorchBytes() {}

  public static Path write(Path path, List<HostTensor> tensors) throws IOException {
    try (RawZip zip = RawZip.create(path)) {
      zip.entry("archive/data.pkl", pickle(tensors));
      for (int i = 0; i < tensors.size(); i++) {
        zip.entry("archive/data/" + i, tensors.get(i).data().array());
      }
      zip.entry("archive/version", "3\n".getBytes());
    }
    return path;
  }

  private static byte[] pickle(List<HostTensor> tensors) {
    var pickle = new PickleBytes().op('}', '(');
    for (int i = 0; i < tensors.size(); i++) {
      HostTensor tensor = tensors.get(i);
      pickle
          .text(tensor.name())
          .tensor(
              storage(tensor.dtype()),
              Integer.toString(i),
              tensor.data().capacity() / tensor.dtype().bytes(),
              0,
              tensor.shape(),
              strides(tensor.shape()));
    }
    return pickle.op('u').stop();
  }

  private static String storage(Dtype dtype) {
    return switch (dtype) {
      case F64 -> "DoubleStorage";
      case F32 -> "FloatStorage";
      case F16 -> "HalfStorage";
      case BF16 -> "BFloat16Storage";
      case I64 -> "LongStorage";
      case I32 -> "IntStorage";
      case I16 -> "ShortStorage";
      case I8 -> "CharStorage";
      case U8 -> "ByteStorage";
      case BOOL -> "BoolStorage";
    };
  }

  /** Of a tensor whose elements lie in row-major order. */
  public static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }
}
