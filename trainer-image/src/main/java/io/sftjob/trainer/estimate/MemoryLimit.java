package io.sftjob.trainer.estimate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The memory limit of this container. */
public final class MemoryLimit {
  /** cgroup v1 has no word for none: it is the largest number of whole pages. */
  private static final long UNLIMITED = 1L << 60;

  private MemoryLimit() {}

  /**
   * @param root of the cgroup's files, {@code /sys/fs/cgroup} in a container: {@code memory.max}
   *     (v2), else {@code memory/memory.limit_in_bytes} (v1)
   * @return bytes; empty where there is no limit
   */
  public static OptionalLong read(Path root) {
    Path second = root.resolve("memory.max");
    Path first = root.resolve("memory/memory.limit_in_bytes");
    if (Files.exists(second)) {
      return parse(text(second));
    }
    return Files.exists(first) ? parse(text(first)) : OptionalLong.empty();
  }

  private static OptionalLong parse(String text) {
    if (text.equals("max")) {
      return OptionalLong.empty();
    }
    long bytes = Long.parseLong(text);
    return bytes < UNLIMITED ? OptionalLong.of(bytes) : OptionalLong.empty();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
