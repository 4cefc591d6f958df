package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.mapped.ScratchFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Writes tokens to a scratch file, so that the heap holds none of them. Used by one thread. */
final class TokenWriter implements AutoCloseable {
  private final Path folder;
  private final ScratchFile file;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private long count;

  private TokenWriter(Path folder, ScratchFile file) {
    this.folder = folder;
    this.file = file;
  }

  /**
   * @param folder that has room for four bytes a token
   */
  static TokenWriter in(Path folder) {
    try {
      return new TokenWriter(folder, ScratchFile.in(folder));
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  /** Returns the number of the first token. */
  long add(Encoded tokens) {
    long start = count;
    for (int i = 0; i < tokens.length(); i++) {
      if (buffer.remaining() < Integer.BYTES) {
        flush();
      }
      buffer.putInt(Tokens.written(tokens.ids()[i], tokens.targets()[i]));
    }
    count += tokens.length();
    return start;
  }

  Tokens tokens() {
    flush();
    try {
      return new Tokens(file.map());
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private void flush() {
    try {
      file.write(buffer.flip());
      buffer.clear();
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static TrainerException failed(Path folder, IOException e) {
    return new TrainerException(
        ExitCode.StorageUnavailable,
        "%s: the tokens are kept there while rows are packed, and can not be: %s. It must be writable and have four bytes for each token"
            .formatted(folder, e),
        e);
  }
}
