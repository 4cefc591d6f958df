package io.sftjob.trainer.source;

import java.io.IOException;

/** The rows of a file that is read from its first byte to its last. */
record FileRows(FileInput input, RowReading reading) implements RowSource {
  @Override
  public RawRow next() {
    try {
      return reading.next();
    } catch (IOException e) {
      throw Faults.file(input.file(), e.getMessage(), e);
    }
  }

  @Override
  public long bytesRead() {
    return input.bytesRead();
  }

  @Override
  public String sha256() {
    return input.sha256();
  }

  @Override
  public void close() {
    try (input) {
      reading.close();
    } catch (IOException e) {
      throw Faults.file(input.file(), "can not be closed: " + e.getMessage(), e);
    }
  }
}
