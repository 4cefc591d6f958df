package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.pickle.TorchFile;
import io.sftjob.trainer.pickle.TorchTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** A file of {@code torch.save}, mapped. */
public final class TorchSource implements TensorSource {
  private final Kernels kernels;
  private final TorchFile header;
  private final MappedFile file;
  private final Set<String> names;

  private TorchSource(Kernels kernels, TorchFile header) {
    this.kernels = kernels;
    this.header = header;
    this.file = new MappedFile(kernels, header.path());
    this.names = header.tensors().stream().map(TorchTensor::name).collect(Collectors.toSet());
  }

  /**
   * @throws TrainerException if the file can not be used
   */
  public static TorchSource open(Path path, Kernels kernels) {
    return new TorchSource(kernels, TorchFile.open(path));
  }

  @Override
  public String location() {
    return header.path().toString();
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public long[] shape(String name) {
    return tensor(name).shape();
  }

  @Override
  public String storedAs(String name) {
    return tensor(name).type().name();
  }

  @Override
  public TorchDtype dtype(String name) {
    return stored(tensor(name));
  }

  @Override
  public long bytes(String name) {
    return tensor(name).elements() * tensor(name).type().bytes();
  }

  @Override
  public NDArray load(NDManager owner, String name, TorchDtype dtype) {
    TorchTensor tensor = tensor(name);
    long[] flat = {tensor.storageElements()};
    NDManager scratch = kernels.manager();
    try (NDArray storage = file.section(scratch, tensor.storageOffset(), flat, stored(tensor));
        NDArray values =
            kernels.tensor(
                scratch, "strided", storage, tensor.shape(), tensor.strides(), tensor.offset())) {
      return kernels.convert(owner, values, dtype);
    }
  }

  private TorchTensor tensor(String name) {
    return header.tensor(name).orElseThrow();
  }

  private TorchDtype stored(TorchTensor tensor) {
    return switch (tensor.type()) {
      case F32 -> TorchDtype.FLOAT32;
      case F16 -> TorchDtype.FLOAT16;
      case BF16 -> TorchDtype.BFLOAT16;
      default ->
          throw new TrainerException(
              ExitCode.ModelNotUsable,
              "%s: tensor `%s` has the dtype %s; expected F32, F16 or BF16"
                  .formatted(location(), tensor.name(), tensor.type()));
    };
  }

  @Override
  public void release() {
    file.release();
  }

  @Override
  public void close() {
    file.close();
  }
}
