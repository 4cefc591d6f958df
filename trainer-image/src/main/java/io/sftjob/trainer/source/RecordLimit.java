package io.sftjob.trainer.source;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Ends the reading of a record that will not end, as behind a quote that nothing closes. */
final class RecordLimit extends FilterReader {
  private static final int LONGEST = 1 << 28;

  private int read;

  RecordLimit(Reader in) {
    super(in);
  }

  /** A new record begins. */
  void next() {
    read = 0;
  }

  @Override
  public int read() throws IOException {
    return count(super.read(), 1);
  }

  @Override
  public int read(char[] chars, int offset, int length) throws IOException {
    int n = super.read(chars, offset, length);
    return count(n, n);
  }

  private int count(int result, int n) throws IOException {
    read += Math.max(0, n);
    if (read > LONGEST) {
      throw new IOException("a row is longer than %d bytes".formatted(LONGEST));
    }
    return result;
  }
}
