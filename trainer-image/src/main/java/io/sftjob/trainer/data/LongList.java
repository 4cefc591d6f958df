package io.sftjob.trainer.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Numbers without a box, eight bytes each. */
final class LongList {
  static final ValueLayout.OfLong LAYOUT =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private long[] values = new long[64];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.multiplyExact(size, 2));
    }
    MemorySegment.ofArray(values).setAtIndex(LAYOUT, size++, value);
  }

  long get(int index) {
    return MemorySegment.ofArray(values).getAtIndex(LAYOUT, index);
  }

  int size() {
    return size;
  }

  /** Int64, little-endian, as files have it. */
  MemorySegment segment() {
    return MemorySegment.ofArray(values).asSlice(0, (long) Long.BYTES * size);
  }
}
