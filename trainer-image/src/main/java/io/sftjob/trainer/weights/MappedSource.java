package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The tensors of one mapped file. */
final class MappedSource implements TensorSource {
  private final Path path;
  private final Map<String, MappedTensor> tensors;
  private final Kernels kernels;
  private final MappedFile file;

  MappedSource(Path path, Map<String, MappedTensor> tensors, Kernels kernels) {
    this.path = path;
    this.tensors = tensors;
    this.kernels = kernels;
    this.file = new MappedFile(kernels, path);
  }

  @Override
  public String location() {
    return path.toString();
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public long[] shape(String name) {
    return tensors.get(name).shape();
  }

  @Override
  public String storedAs(String name) {
    return tensors.get(name).storedAs();
  }

  @Override
  public TorchDtype dtype(String name) {
    return tensors.get(name).dtype().orElseThrow(() -> refused(name));
  }

  @Override
  public long bytes(String name) {
    return tensors.get(name).bytes();
  }

  @Override
  public NDArray load(NDManager owner, String name, TorchDtype dtype) {
    TorchDtype stored = dtype(name);
    if (stored != dtype && !stored.isFloat()) {
      throw refused(name);
    }
    try (NDArray values = tensors.get(name).reader().read(file, kernels.manager(), stored, dtype)) {
      return kernels.convert(owner, values, dtype);
    }
  }

  private TrainerException refused(String name) {
    return new TrainerException(
        ExitCode.ModelNotUsable,
        "%s: tensor `%s` has the dtype %s; expected F32, F16 or BF16"
            .formatted(path, name, storedAs(name)));
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
