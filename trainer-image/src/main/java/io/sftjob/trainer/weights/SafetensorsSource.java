package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.StoredTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One safetensors file or the shards of one checkpoint, mapped. */
public final class SafetensorsSource implements TensorSource {
  private final String location;
  private final Kernels kernels;
  private final List<Shard> shards = new ArrayList<>();
  private final Map<String, Shard> byName = new LinkedHashMap<>();

  private record Shard(SafetensorsFile header, MappedFile file) {
    StoredTensor tensor(String name) {
      return header.tensor(name).orElseThrow();
    }
  }

  private SafetensorsSource(String location, Kernels kernels) {
    this.location = location;
    this.kernels = kernels;
  }

  /**
   * @param location for messages
   * @throws TrainerException if a file can not be used, or two files hold the same tensor
   */
  public static SafetensorsSource open(String location, Collection<Path> files, Kernels kernels) {
    var source = new SafetensorsSource(location, kernels);
    try {
      files.forEach(source::add);
      return source;
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private void add(Path path) {
    var shard = new Shard(SafetensorsFile.open(path), new MappedFile(kernels, path));
    shards.add(shard);
    for (StoredTensor tensor : shard.header.tensors()) {
      Shard other = byName.put(tensor.name(), shard);
      if (other != null) {
        throw new TrainerException(
            ExitCode.ModelNotUsable,
            "%s and %s both hold the tensor `%s`"
                .formatted(other.header.path(), path, tensor.name()));
      }
    }
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public Set<String> names() {
    return byName.keySet();
  }

  /** The file that holds the tensor. */
  Path file(String name) {
    return byName.get(name).header.path();
  }

  @Override
  public long[] shape(String name) {
    return tensor(name).shape();
  }

  @Override
  public boolean isFloat32(String name) {
    return tensor(name).dtype() == Dtype.F32;
  }

  @Override
  public long bytes(String name) {
    return tensor(name).data().byteSize();
  }

  @Override
  public NDArray load(NDManager owner, String name, TorchDtype dtype) {
    StoredTensor tensor = tensor(name);
    TorchDtype stored = stored(tensor);
    MappedFile file = byName.get(name).file;
    try (NDArray view = file.section(kernels.manager(), tensor.offset(), tensor.shape(), stored)) {
      return kernels.convert(owner, view, dtype);
    }
  }

  private StoredTensor tensor(String name) {
    return byName.get(name).tensor(name);
  }

  private TorchDtype stored(StoredTensor tensor) {
    return switch (tensor.dtype()) {
      case F32 -> TorchDtype.FLOAT32;
      case F16 -> TorchDtype.FLOAT16;
      case BF16 -> TorchDtype.BFLOAT16;
      default ->
          throw new TrainerException(
              ExitCode.ModelNotUsable,
              "%s: tensor `%s` has the dtype %s; expected F32, F16 or BF16"
                  .formatted(location, tensor.name(), tensor.dtype()));
    };
  }

  @Override
  public void close() {
    shards.forEach(
        shard -> {
          shard.file.close();
          shard.header.close();
        });
  }
}
