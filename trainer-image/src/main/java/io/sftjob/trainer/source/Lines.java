package io.sftjob.trainer.source;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a stream, one after the other, without what ends them: {@code \n} or {@code \r\n},
 * and a lone {@code \r} if asked. A byte order mark in front of the first is skipped.
 */
public final class Lines implements AutoCloseable {
  private static final int LONGEST = 1 << 28;

  private final String name;
  private final InputStream in;
  private final boolean returnsEnd;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int at;
  private int end;
  private boolean afterReturn;
  private long number;

  /**
   * @param number counted from 1
   */
  public record Line(long number, byte[] bytes) {
    boolean isBlank() {
      for (byte b : bytes) {
        if (b != ' ' && b != '\t') {
          return false;
        }
      }
      return true;
    }
  }

  private Lines(String name, InputStream in, boolean returnsEnd) {
    this.name = name;
    this.in = in;
    this.returnsEnd = returnsEnd;
  }

  /**
   * @param name for messages
   */
  public static Lines of(String name, InputStream in) {
    return new Lines(name, in, false);
  }

  /** A lone {@code \r} ends a line too, as Python's universal newlines have it. */
  static Lines universal(String name, InputStream in) {
    return new Lines(name, in, true);
  }

  /** The next line that is not blank, or null. */
  public Line nextFilled() {
    Line next = next();
    while (next != null && next.isBlank()) {
      next = next();
    }
    return next;
  }

  /** The next line, or null. */
  Line next() {
    byte[] bytes = read();
    if (bytes == null) {
      return null;
    }
    number++;
    int from = number == 1 && Utf8.hasByteOrderMark(bytes) ? 3 : 0;
    boolean windows = !returnsEnd && bytes.length > from && bytes[bytes.length - 1] == '\r';
    return new Line(
        number, Arrays.copyOfRange(bytes, from, windows ? bytes.length - 1 : bytes.length));
  }

  private byte[] read() {
    line.reset();
    boolean any = false;
    while (true) {
      if (at == end && !fill()) {
        return any ? line.toByteArray() : null;
      }
      if (afterReturn) {
        afterReturn = false;
        if (buffer[at] == '\n') {
          at++;
          continue;
        }
      }
      any = true;
      int from = at;
      while (at < end && !ends(buffer[at])) {
        at++;
      }
      line.write(buffer, from, at - from);
      if (line.size() > LONGEST) {
        throw new TrainerException(
            ExitCode.DataNotUsable,
            "%s:%d is longer than %d bytes; are these lines of text?"
                .formatted(name, number + 1, LONGEST));
      }
      if (at < end) {
        afterReturn = buffer[at++] == '\r';
        return line.toByteArray();
      }
    }
  }

  private boolean ends(byte b) {
    return b == '\n' || (returnsEnd && b == '\r');
  }

  private boolean fill() {
    try {
      at = 0;
      end = Math.max(0, in.read(buffer));
    } catch (IOException e) {
      throw unreadable(e);
    }
    return end > 0;
  }

  private TrainerException unreadable(IOException e) {
    return new TrainerException(
        ExitCode.StorageUnavailable, name + ": can not be read: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }
}
