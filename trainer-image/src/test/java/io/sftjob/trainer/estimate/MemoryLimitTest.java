package io.sftjob.trainer.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryLimitTest {
  @TempDir private Path root;

  @Test
  void ofTheSecondVersion() throws IOException {
    Files.writeString(root.resolve("memory.max"), "6442450944\n");
    assertThat(MemoryLimit.read(root)).hasValue(6L << 30);
    Files.writeString(root.resolve("memory.max"), "max\n");
    assertThat(MemoryLimit.read(root)).isEmpty();
  }

  @Test
  void ofTheFirstVersion() throws IOException {
    Path file = Files.createDirectory(root.resolve("memory")).resolve("memory.limit_in_bytes");
    Files.writeString(file, "2147483648\n");
    assertThat(MemoryLimit.read(root)).hasValue(2L << 30);
    Files.writeString(file, "9223372036854771712\n");
    assertThat(MemoryLimit.read(root)).isEmpty();
  }

  @Test
  void noControlGroups() {
    assertThat(MemoryLimit.read(root)).isEmpty();
  }
}
