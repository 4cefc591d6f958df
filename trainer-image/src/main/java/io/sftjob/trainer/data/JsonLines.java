package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The lines of a stream, one after the other. Takes {@code \n} and {@code \r\n}, skips a byte order
 * mark and blank lines; blank lines keep their number.
 */
public final class JsonLines implements AutoCloseable {
  private static final int LONGEST = 1 << 28;

  private final String name;
  private final InputStream in;
  private final MessageDigest digest;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int at;
  private int end;
  private long number;
  private long bytesRead;

  /**
   * @param number counted from 1
   */
  public record Line(long number, byte[] bytes) {}

  private JsonLines(String name, InputStream in, MessageDigest digest) {
    this.name = name;
    this.in = in;
    this.digest = digest;
  }

  /**
   * @param name for messages
   */
  public static JsonLines of(String name, InputStream in) {
    return new JsonLines(name, in, Digests.sha256());
  }

  /**
   * @param digest sees every byte of the file
   */
  static JsonLines open(Path file, MessageDigest digest) {
    try {
      return new JsonLines(file.toString(), Files.newInputStream(file), digest);
    } catch (NoSuchFileException e) {
      throw new TrainerException(ExitCode.StorageRefused, file + ": no such file", e);
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /** Bytes in a file. */
  static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      throw new TrainerException(ExitCode.StorageRefused, file + ": no such file", e);
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /** The next line that is not blank, or null. */
  public Line next() {
    while (true) {
      byte[] bytes = read();
      if (bytes == null) {
        return null;
      }
      number++;
      int from = number == 1 && hasByteOrderMark(bytes) ? 3 : 0;
      int to =
          bytes.length > from && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
      if (!isBlank(bytes, from, to)) {
        return new Line(number, java.util.Arrays.copyOfRange(bytes, from, to));
      }
    }
  }

  long bytesRead() {
    return bytesRead;
  }

  private byte[] read() {
    line.reset();
    boolean any = false;
    while (true) {
      if (at == end && !fill()) {
        return any ? line.toByteArray() : null;
      }
      any = true;
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      line.write(buffer, from, at - from);
      if (line.size() > LONGEST) {
        throw new TrainerException(
            ExitCode.DataNotUsable,
            "%s: line %d is longer than %d bytes; is this JSON Lines?"
                .formatted(name, number + 1, LONGEST));
      }
      if (at < end) {
        at++;
        return line.toByteArray();
      }
    }
  }

  private boolean fill() {
    try {
      at = 0;
      end = Math.max(0, in.read(buffer));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    digest.update(buffer, 0, end);
    bytesRead += end;
    return end > 0;
  }

  private static boolean hasByteOrderMark(byte[] b) {
    return b.length >= 3 && b[0] == (byte) 0xef && b[1] == (byte) 0xbb && b[2] == (byte) 0xbf;
  }

  private static boolean isBlank(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  private static TrainerException unreadable(String name, IOException e) {
    return new TrainerException(
        ExitCode.StorageUnavailable, name + ": can not be read: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }
}
