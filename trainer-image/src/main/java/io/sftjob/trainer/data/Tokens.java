package io.sftjob.trainer.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A long sequence of tokens in a mapped file: int32, little-endian, the id with its sign bit set
 * where the token is a target.
 */
record Tokens(MemorySegment data) {
  private static final int TARGET = Integer.MIN_VALUE;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static int written(int id, boolean target) {
    return target ? id | TARGET : id;
  }

  long count() {
    return data.byteSize() / Integer.BYTES;
  }

  MemorySegment part(long start, long length) {
    return data.asSlice(Integer.BYTES * start, Integer.BYTES * length);
  }

  /** Copies a part to {@code ids} and {@code targets} from {@code at} on. */
  void copy(long start, int length, int[] ids, boolean[] targets, int at) {
    MemorySegment part = part(start, length);
    for (int i = 0; i < length; i++) {
      int token = part.getAtIndex(INT, i);
      ids[at + i] = token & ~TARGET;
      targets[at + i] = token < 0;
    }
  }
}
