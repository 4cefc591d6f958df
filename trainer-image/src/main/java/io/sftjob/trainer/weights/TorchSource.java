package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.pickle.ElementType;
import io.sftjob.trainer.pickle.TorchFile;
import io.sftjob.trainer.pickle.TorchTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;

/** A file of {@code torch.save}, mapped. */
public final class TorchSource {
  private TorchSource() {}

  /**
   * @throws TrainerException if the file can not be used
   */
  public static TensorSource open(Path path, Kernels kernels) {
    var tensors = new LinkedHashMap<String, MappedTensor>();
    TorchFile.open(path).tensors().forEach(t -> tensors.put(t.name(), mapped(t, kernels)));
    return new MappedSource(path, tensors, kernels);
  }

  private static MappedTensor mapped(TorchTensor tensor, Kernels kernels) {
    return new MappedTensor(
        tensor.shape(),
        tensor.type().name(),
        torch(tensor.type()),
        tensor.elements() * tensor.type().bytes(),
        (file, owner, dtype, wanted) -> strided(tensor, file, owner, dtype, kernels));
  }

  private static NDArray strided(
      TorchTensor tensor, MappedFile file, NDManager owner, TorchDtype dtype, Kernels kernels) {
    long[] flat = {tensor.storageElements()};
    try (NDArray storage = file.section(owner, tensor.storageOffset(), flat, dtype)) {
      return kernels.tensor(
          owner, "strided", storage, tensor.shape(), tensor.strides(), tensor.offset());
    }
  }

  private static Optional<TorchDtype> torch(ElementType type) {
    return switch (type) {
      case F32 -> Optional.of(TorchDtype.FLOAT32);
      case F16 -> Optional.of(TorchDtype.FLOAT16);
      case BF16 -> Optional.of(TorchDtype.BFLOAT16);
      default -> Optional.empty();
    };
  }
}
