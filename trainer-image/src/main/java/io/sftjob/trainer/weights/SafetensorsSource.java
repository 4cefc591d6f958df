package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.StoredTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** A safetensors file, mapped. */
public final class SafetensorsSource implements TensorSource {
  private final Kernels kernels;
  private final SafetensorsFile header;
  private final MappedFile file;
  private final Set<String> names;

  private SafetensorsSource(Kernels kernels, SafetensorsFile header) {
    this.kernels = kernels;
    this.header = header;
    this.file = new MappedFile(kernels, header.path());
    this.names = header.tensors().stream().map(StoredTensor::name).collect(Collectors.toSet());
  }

  /**
   * @throws TrainerException if the file can not be used
   */
  public static SafetensorsSource open(Path path, Kernels kernels) {
    return new SafetensorsSource(kernels, SafetensorsFile.open(path));
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
    return tensor(name).dtype().name();
  }

  @Override
  public TorchDtype dtype(String name) {
    return stored(tensor(name));
  }

  @Override
  public long bytes(String name) {
    return tensor(name).data().byteSize();
  }

  @Override
  public NDArray load(NDManager owner, String name, TorchDtype dtype) {
    StoredTensor tensor = tensor(name);
    TorchDtype stored = stored(tensor);
    if (stored != dtype && !stored.isFloat()) {
      throw refused(tensor);
    }
    try (NDArray view = file.section(kernels.manager(), tensor.offset(), tensor.shape(), stored)) {
      return kernels.convert(owner, view, dtype);
    }
  }

  private StoredTensor tensor(String name) {
    return header.tensor(name).orElseThrow();
  }

  private TorchDtype stored(StoredTensor tensor) {
    return switch (tensor.dtype()) {
      case F32 -> TorchDtype.FLOAT32;
      case F16 -> TorchDtype.FLOAT16;
      case BF16 -> TorchDtype.BFLOAT16;
      case U8 -> TorchDtype.UINT8;
      case I8 -> TorchDtype.INT8;
      default -> throw refused(tensor);
    };
  }

  private TrainerException refused(StoredTensor tensor) {
    return new TrainerException(
        ExitCode.ModelNotUsable,
        "%s: tensor `%s` has the dtype %s; expected F32, F16 or BF16"
            .formatted(location(), tensor.name(), tensor.dtype()));
  }

  @Override
  public void release() {
    file.release();
  }

  @Override
  public void close() {
    file.close();
    header.close();
  }
}
