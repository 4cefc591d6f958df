package io.sftjob.trainer.source;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file's bytes, counted and hashed while they are read. */
final class FileInput implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final DataFile file;
  private final Stored stored;
  private final InputStream content;

  private FileInput(DataFile file, Stored stored, InputStream content) {
    this.file = file;
    this.stored = stored;
    this.content = content;
  }

  /**
   * @throws TrainerException also if its first bytes show that it is of another kind
   */
  static FileInput open(DataFile file) {
    var stored = new Stored(file.path());
    try {
      var content = new BufferedInputStream(Decompressed.of(stored, file), BUFFER);
      refuseOtherKinds(file, content);
      return new FileInput(file, stored, content);
    } catch (RuntimeException e) {
      stored.close();
      throw e;
    }
  }

  /** The first bytes behind the compression. */
  static byte[] head(Path path, Compression compression) {
    var file = new DataFile(path, path.toString(), null, compression);
    try (var in = new BufferedInputStream(Decompressed.of(new Stored(path), file), BUFFER)) {
      return in.readNBytes(Magic.LENGTH);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static void refuseOtherKinds(DataFile file, BufferedInputStream content) {
    try {
      content.mark(Magic.LENGTH);
      byte[] head = content.readNBytes(Magic.LENGTH);
      content.reset();
      if (head.length > 0 || file.kind() == FileKind.Arrow) {
        Magic.contradiction(file.kind(), head)
            .ifPresent(
                why -> {
                  throw Faults.file(file, why + ". Name each file after what it is");
                });
      }
    } catch (IOException e) {
      throw unreadable(file.path(), e);
    }
  }

  DataFile file() {
    return file;
  }

  /** Decompressed. */
  InputStream content() {
    return content;
  }

  /** As stored. */
  long bytesRead() {
    return stored.bytesRead;
  }

  /** Of the whole file as stored; reads what is left. */
  String sha256() {
    stored.drain();
    return HexFormat.of().formatHex(stored.digest.digest());
  }

  @Override
  public void close() {
    try {
      content.close();
    } catch (IOException e) {
      throw unreadable(file.path(), e);
    }
  }

  private static TrainerException unreadable(Path path, IOException e) {
    return switch (e) {
      case NoSuchFileException gone ->
          new TrainerException(ExitCode.DataNotUsable, path + ": no such file", gone);
      case AccessDeniedException denied ->
          new TrainerException(
              ExitCode.StorageRefused, path + ": may not be read; check its permissions", denied);
      default ->
          new TrainerException(
              ExitCode.StorageUnavailable, path + ": can not be read: " + e.getMessage(), e);
    };
  }

  /** The bytes on the disk. Its failures are the storage's, no decoder's. */
  private static final class Stored extends InputStream {
    private final Path path;
    private final InputStream in;
    private final MessageDigest digest;
    private long bytesRead;

    Stored(Path path) {
      this.path = path;
      try {
        this.digest = MessageDigest.getInstance("SHA-256");
        this.in = Files.newInputStream(path);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      try {
        int n = in.read(bytes, offset, length);
        if (n > 0) {
          digest.update(bytes, offset, n);
          bytesRead += n;
        }
        return n;
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }

    @Override
    public int available() {
      try {
        return in.available();
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }

    void drain() {
      byte[] buffer = new byte[BUFFER];
      int n;
      do {
        n = read(buffer, 0, BUFFER);
      } while (n >= 0);
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }
  }
}
