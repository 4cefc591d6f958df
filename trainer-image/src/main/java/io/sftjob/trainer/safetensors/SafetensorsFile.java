package io.sftjob.trainer.safetensors;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.mapped.MappedFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A safetensors file of any size, mapped read-only: opening reads the header, the tensors' pages
 * come when they are touched. Thread-safe.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final Map<String, String> metadata;
  private final Map<String, StoredTensor> tensors;

  private SafetensorsFile(
      Path path, Arena arena, Map<String, String> metadata, Map<String, StoredTensor> tensors) {
    this.path = path;
    this.arena = arena;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  /**
   * Maps the file and checks that its tensors fill it without gap or overlap.
   *
   * @throws TrainerException {@link ExitCode#ModelNotUsable} for a file that is truncated,
   *     malformed or holds an unknown dtype; {@link ExitCode#StorageRefused} if it can not be
   *     opened
   */
  public static SafetensorsFile open(Path path) {
    return MappedFile.open(path, (arena, bytes) -> of(path, arena, bytes));
  }

  private static SafetensorsFile of(Path path, Arena arena, MemorySegment bytes) {
    var header = Header.read(path.toString(), bytes);
    var tensors = new LinkedHashMap<String, StoredTensor>();
    for (var e : header.entries()) {
      long begin = header.dataStart() + e.begin();
      tensors.put(
          e.name(),
          new StoredTensor(
              e.name(),
              e.dtype(),
              e.shape(),
              begin,
              bytes.asSlice(begin, e.end() - e.begin()).asReadOnly()));
    }
    return new SafetensorsFile(path, arena, header.metadata(), tensors);
  }

  public Path path() {
    return path;
  }

  /** The header's {@code __metadata__}. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** All tensors, in the order of their bytes. */
  public List<StoredTensor> tensors() {
    return List.copyOf(tensors.values());
  }

  public Optional<StoredTensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** All tensors copied to the heap, for small files such as an adapter's. */
  public List<HostTensor> copy() {
    return tensors.values().stream().map(SafetensorsFile::copy).toList();
  }

  private static HostTensor copy(StoredTensor tensor) {
    ByteBuffer data =
        ByteBuffer.allocate(Math.toIntExact(tensor.data().byteSize()))
            .order(ByteOrder.LITTLE_ENDIAN);
    MemorySegment.ofBuffer(data).copyFrom(tensor.data());
    return new HostTensor(tensor.name(), tensor.dtype(), tensor.shape(), data);
  }

  /** Unmaps the file; its tensors' data can no longer be read. */
  @Override
  public void close() {
    arena.close();
  }
}
