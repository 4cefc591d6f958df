package io.sftjob.trainer.data;

import java.lang.foreign.MemorySegment;

/**
 * Which parts of the tokens make each row, 24 bytes a part; in memory or in a mapped file.
 *
 * @param parts int64 (parts, 3), little-endian: first token, length, number of the {@link Origins
 *     origin}
 * @param rowBegins int64 (rows + 1): the first part of each row, and the number of parts
 */
record RowIndex(MemorySegment parts, MemorySegment rowBegins) {
  static final int WIDTH = 3;

  int rows() {
    return Math.toIntExact(rowBegins.byteSize() / Long.BYTES - 1);
  }

  /** The first part of a row, and for {@link #rows} the number of parts. */
  long begin(int row) {
    return rowBegins.getAtIndex(LongList.LAYOUT, row);
  }

  long start(long part) {
    return parts.getAtIndex(LongList.LAYOUT, WIDTH * part);
  }

  int length(long part) {
    return (int) parts.getAtIndex(LongList.LAYOUT, WIDTH * part + 1);
  }

  long origin(long part) {
    return parts.getAtIndex(LongList.LAYOUT, WIDTH * part + 2);
  }

  /** Used by one thread. */
  static final class Builder {
    private final LongList parts = new LongList();
    private final LongList rowBegins = new LongList();

    Builder() {
      rowBegins.add(0);
    }

    void part(long start, int length, long origin) {
      parts.add(start);
      parts.add(length);
      parts.add(origin);
    }

    /** The parts since the last call are a row. */
    void endRow() {
      rowBegins.add(parts.size() / WIDTH);
    }

    RowIndex build() {
      return new RowIndex(parts.segment(), rowBegins.segment());
    }
  }
}
