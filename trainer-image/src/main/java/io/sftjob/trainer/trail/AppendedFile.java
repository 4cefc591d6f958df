package io.sftjob.trainer.trail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** A file that a run writes from its beginning to its end. */
public final class AppendedFile {
  private final FileChannel out;

  private AppendedFile(FileChannel out) {
    this.out = out;
  }

  public static AppendedFile open(Path file, OpenOption... options) throws IOException {
    return new AppendedFile(FileChannel.open(file, options));
  }

  /** All of the bytes. */
  public void add(byte[] bytes) throws IOException {
    var rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      out.write(rest);
    }
  }

  /** On the disk is then all that was added. */
  public void sync() throws IOException {
    out.force(false);
  }

  public void end() throws IOException {
    sync();
    out.close();
  }
}
