package io.sftjob.trainer.gguf;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.mapped.MappedFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF file (versions 2 and 3, little-endian), mapped read-only: opening reads the header, the
 * tensors' pages come when they are touched. Format: ggml's {@code docs/gguf.md}. Thread-safe.
 */
public final class GgufFile implements AutoCloseable {
  private final Arena arena;
  private final int version;
  private final GgufMetadata metadata;
  private final Map<String, GgufTensor> tensors;

  private GgufFile(
      Arena arena, int version, GgufMetadata metadata, Map<String, GgufTensor> tensors) {
    this.arena = arena;
    this.version = version;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  /**
   * Maps the file and checks that every tensor lies inside it.
   *
   * @throws TrainerException {@link ExitCode#ModelNotUsable} for a file that is no GGUF, truncated,
   *     or of an unknown type; {@link ExitCode#StorageRefused} if it can not be opened
   */
  public static GgufFile open(Path path) {
    return MappedFile.open(
        path,
        (arena, bytes) -> {
          GgufHeader header = GgufHeader.read(path.toString(), bytes);
          return new GgufFile(arena, header.version(), header.metadata(), header.tensors());
        });
  }

  public int version() {
    return version;
  }

  public GgufMetadata metadata() {
    return metadata;
  }

  /** All tensors, in the file's order. */
  public List<GgufTensor> tensors() {
    return List.copyOf(tensors.values());
  }

  public Optional<GgufTensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** Unmaps the file; its tensors' data can no longer be read. */
  @Override
  public void close() {
    arena.close();
  }
}
