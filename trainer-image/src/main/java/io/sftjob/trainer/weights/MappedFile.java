package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * A file as tensors over its mapping (copy on write, any size). Each dtype has a mapping of its
 * own, as PyTorch can not reinterpret one without a copy.
 */
final class MappedFile implements AutoCloseable {
  private final Kernels kernels;
  private final Path path;
  private NDManager owner;
  private final Map<TorchDtype, NDArray> mappings = new EnumMap<>(TorchDtype.class);

  MappedFile(Kernels kernels, Path path) {
    this.kernels = kernels;
    this.owner = kernels.manager().newSubManager();
    this.path = path;
  }

  /** The bytes from {@code offset} on as a tensor; a view where they are aligned to the dtype. */
  NDArray section(NDManager owner, long offset, long[] shape, TorchDtype dtype) {
    boolean aligned = offset % dtype.bytes() == 0;
    NDArray file = mapping(aligned ? dtype : TorchDtype.UINT8);
    long begin = aligned ? offset / dtype.bytes() : offset;
    return kernels.tensor(owner, "section", file, begin, shape, dtype.code());
  }

  private NDArray mapping(TorchDtype dtype) {
    return mappings.computeIfAbsent(
        dtype,
        d -> kernels.tensor(owner, "map_file", path.toString(), size() / d.bytes(), d.code()));
  }

  private long size() {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unmaps it; it is mapped again when it is read again. */
  void release() {
    mappings.clear();
    owner.close();
    owner = kernels.manager().newSubManager();
  }

  /** Tensors that were handed out hold the mapping as long as they need it. */
  @Override
  public void close() {
    owner.close();
  }
}
