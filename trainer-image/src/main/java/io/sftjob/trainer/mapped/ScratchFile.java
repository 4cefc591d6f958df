package io.sftjob.trainer.mapped;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file without a name, written once and then mapped. Its space is free again when nothing refers
 * to the mapping, and when the process ends, however it ends.
 */
public final class ScratchFile implements AutoCloseable {
  private final FileChannel channel;

  private ScratchFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @param folder whose file system has the space; must exist
   */
  public static ScratchFile in(Path folder) throws IOException {
    Path path = Files.createTempFile(folder, ".scratch-", "");
    try {
      return new ScratchFile(
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    } finally {
      // An open file needs no name, and without one no kill can leave it behind.
      Files.delete(path);
    }
  }

  /** Appends all that remains in the buffer. */
  public void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** All that was written, read-only; usable after this is closed. */
  public MemorySegment map() throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
