package io.sftjob.trainer.weights;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.StoredTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;

/** A safetensors file, mapped. */
public final class SafetensorsSource {
  private SafetensorsSource() {}

  /**
   * @throws TrainerException if the file can not be used
   */
  public static TensorSource open(Path path, Kernels kernels) {
    var tensors = new LinkedHashMap<String, MappedTensor>();
    try (SafetensorsFile header = SafetensorsFile.open(path)) {
      header.tensors().forEach(tensor -> tensors.put(tensor.name(), mapped(tensor)));
    }
    return new MappedSource(path, tensors, kernels);
  }

  private static MappedTensor mapped(StoredTensor tensor) {
    long offset = tensor.offset();
    long[] shape = tensor.shape();
    return new MappedTensor(
        shape,
        tensor.dtype().name(),
        torch(tensor.dtype()),
        tensor.data().byteSize(),
        (file, owner, dtype, wanted) -> file.section(owner, offset, shape, dtype));
  }

  private static Optional<TorchDtype> torch(Dtype dtype) {
    return switch (dtype) {
      case F32 -> Optional.of(TorchDtype.FLOAT32);
      case F16 -> Optional.of(TorchDtype.FLOAT16);
      case BF16 -> Optional.of(TorchDtype.BFLOAT16);
      case U8 -> Optional.of(TorchDtype.UINT8);
      case I8 -> Optional.of(TorchDtype.INT8);
      default -> Optional.empty();
    };
  }
}
