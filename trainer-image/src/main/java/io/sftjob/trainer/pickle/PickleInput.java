package io.sftjob.trainer.pickle;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Reads a pickle's opcodes and their arguments one after the other, never past the end. */
final class PickleInput {
  private final ByteBuffer bytes;

  PickleInput(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Of the next byte. */
  int position() {
    return bytes.position();
  }

  int uint8() {
    return Byte.toUnsignedInt(read(bytes::get));
  }

  int uint16() {
    return Short.toUnsignedInt(read(bytes::getShort));
  }

  int int32() {
    return read(bytes::getInt);
  }

  long uint32() {
    return Integer.toUnsignedLong(int32());
  }

  long int64() {
    return read(bytes::getLong);
  }

  /** Unlike the integers, big-endian. */
  double float64() {
    return Double.longBitsToDouble(Long.reverseBytes(int64()));
  }

  /** Two's complement of that many bytes; none are 0. */
  long integer(long size) {
    if (size < 0 || size > 8) {
      throw new BadPickle("its pickle holds an integer of %d bytes; 8 are the most", size);
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) uint8() << 8 * i;
    }
    int unused = 64 - 8 * (int) size;
    return size == 0 ? 0 : value << unused >> unused;
  }

  String text(long size) {
    if (size < 0 || size > bytes.remaining()) {
      throw truncated();
    }
    byte[] utf8 = new byte[(int) size];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** Up to a line feed, which is not part of it. */
  String line() {
    int from = bytes.position();
    int length = 0;
    while (uint8() != '\n') {
      length++;
    }
    return new String(bytes.array(), from, length, StandardCharsets.UTF_8);
  }

  private <T> T read(Supplier<T> value) {
    try {
      return value.get();
    } catch (BufferUnderflowException e) {
      throw truncated();
    }
  }

  private BadPickle truncated() {
    return new BadPickle("its pickle ends in the middle, at byte %d", bytes.limit());
  }
}
