package io.sftjob.trainer.gguf;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the little-endian values of a header one after the other, never past the file's end. */
final class GgufCursor {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_ARRAY_DEPTH = 4;

  // The largest vocabularies with their merges take a tenth of these.
  private static final long MAX_HEADER = 64L << 20;
  private static final int MAX_VALUES = 4_000_000;

  private final String file;
  private final MemorySegment bytes;
  private long at;
  private int values;

  GgufCursor(String file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  long position() {
    return at;
  }

  int int32() {
    return bytes.get(INT, take(4));
  }

  long int64() {
    return bytes.get(LONG, take(8));
  }

  /** A count of things that take at least {@code minBytes} each: it must fit in the file. */
  int count(String what, long minBytes, int most) {
    long n = int64();
    if (n < 0 || n > (bytes.byteSize() - at) / minBytes) {
      throw broken(
          "it announces %s %s, more than the file can hold", Long.toUnsignedString(n), what);
    }
    if (n > most) {
      throw broken("it announces %d %s; %d are the most that are read", n, what, most);
    }
    return (int) n;
  }

  String string(int longest) {
    int length = count("bytes of text", 1, longest);
    long from = take(length);
    return new String(
        bytes.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** A value of the type with that id, as {@link GgufMetadata} describes. */
  Object value(String key, int type) {
    return value(key, type, 0);
  }

  private Object value(String key, int type, int depth) {
    if (++values > MAX_VALUES) {
      throw broken("its header has more than %d values", MAX_VALUES);
    }
    return switch (type) {
      case 0 -> (long) Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, take(1)));
      case 1 -> (long) bytes.get(ValueLayout.JAVA_BYTE, take(1));
      case 2 -> (long) Short.toUnsignedInt(bytes.get(SHORT, take(2)));
      case 3 -> (long) bytes.get(SHORT, take(2));
      case 4 -> Integer.toUnsignedLong(int32());
      case 5 -> (long) int32();
      case 6 -> (double) bytes.get(FLOAT, take(4));
      case 7 -> bytes.get(ValueLayout.JAVA_BYTE, take(1)) != 0;
      case 8 -> string((int) MAX_HEADER);
      case 9 -> array(key, depth);
      case 10, 11 -> int64();
      case 12 -> bytes.get(DOUBLE, take(8));
      default -> throw broken("key `%s` has the unknown value type %d", key, type);
    };
  }

  private List<Object> array(String key, int depth) {
    if (depth == MAX_ARRAY_DEPTH) {
      throw broken("key `%s` nests arrays deeper than %d", key, MAX_ARRAY_DEPTH);
    }
    int type = int32();
    int n = count("items of `" + key + "`", 1, MAX_VALUES - values);
    List<Object> items = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      items.add(value(key, type, depth + 1));
    }
    return List.copyOf(items);
  }

  private long take(long size) {
    long from = at;
    if (size > bytes.byteSize() - from) {
      throw broken(
          "its header goes on at byte %d, but the file ends at %d: it is truncated; copy it again",
          from + size, bytes.byteSize());
    }
    if (from + size > MAX_HEADER) {
      throw broken("its header is longer than the %d bytes that are read", MAX_HEADER);
    }
    at += size;
    return from;
  }

  TrainerException broken(String message, Object... arguments) {
    return new TrainerException(
        ExitCode.ModelNotUsable,
        file + ": not a usable GGUF file: " + message.formatted(arguments));
  }
}
