package io.sftjob.trainer.gguf;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a header holds. */
record GgufHeader(int version, GgufMetadata metadata, Map<String, GgufTensor> tensors) {
  private static final int MAGIC = 0x46554747; // "GGUF", little-endian
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_TENSORS = 100_000;
  private static final int MAX_KEYS = 100_000;
  private static final int MAX_NAME = 65_535; // of keys in the format; tensors' are shorter
  private static final long DEFAULT_ALIGNMENT = 32;

  static GgufHeader read(String file, MemorySegment bytes) {
    GgufCursor in = new GgufCursor(file, bytes);
    if (bytes.byteSize() < 4 || in.int32() != MAGIC) {
      throw in.broken("it does not begin with `GGUF`");
    }
    int version = in.int32();
    if (version != 2 && version != 3) {
      throw in.broken(
          version == 1 || Integer.reverseBytes(version) <= 3
              ? "version 1 and big-endian files are not supported; convert it again"
              : "its version is " + version + "; expected 2 or 3");
    }
    int tensorCount = in.count("tensors", 24, MAX_TENSORS);
    int keyCount = in.count("keys", 13, MAX_KEYS);
    Map<String, Object> values = LinkedHashMap.newLinkedHashMap(keyCount);
    for (int i = 0; i < keyCount; i++) {
      String key = in.string(MAX_NAME);
      if (values.put(key, in.value(key, in.int32())) != null) {
        throw in.broken("key `%s` appears twice", key);
      }
    }
    GgufMetadata metadata = new GgufMetadata(file, values);
    return new GgufHeader(version, metadata, tensors(in, bytes, metadata, tensorCount));
  }

  private static Map<String, GgufTensor> tensors(
      GgufCursor in, MemorySegment bytes, GgufMetadata metadata, int count) {
    List<Info> infos = Stream.generate(() -> Info.read(in)).limit(count).toList();
    long alignment = metadata.integer("general.alignment").orElse(DEFAULT_ALIGNMENT);
    if (alignment < 1 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
      throw in.broken("general.alignment is %d; expected a power of two", alignment);
    }
    long dataStart = (in.position() + alignment - 1) / alignment * alignment;
    Map<String, GgufTensor> tensors = LinkedHashMap.newLinkedHashMap(count);
    for (Info info : infos) {
      if (tensors.put(info.name(), info.map(in, bytes, dataStart, alignment)) != null) {
        throw in.broken("tensor `%s` appears twice", info.name());
      }
    }
    requireApart(in, tensors.values());
    return tensors;
  }

  private static void requireApart(GgufCursor in, Collection<GgufTensor> tensors) {
    var sorted = new ArrayList<>(tensors);
    sorted.sort(Comparator.comparingLong(GgufTensor::offset));
    for (int i = 1; i < sorted.size(); i++) {
      GgufTensor before = sorted.get(i - 1);
      if (before.offset() + before.data().byteSize() > sorted.get(i).offset()) {
        throw in.broken("tensors `%s` and `%s` overlap", before.name(), sorted.get(i).name());
      }
    }
  }

  /** A tensor's entry; {@code offset} counts from the start of the data section. */
  record Info(String name, GgmlType type, long[] shape, long offset) {

    static Info read(GgufCursor in) {
      String name = in.string(MAX_NAME);
      int dimensions = in.int32();
      if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
        throw in.broken("tensor `%s` has %d dimensions", name, dimensions);
      }
      long[] shape = new long[dimensions];
      for (int i = dimensions - 1; i >= 0; i--) {
        shape[i] = in.int64();
      }
      int id = in.int32();
      GgmlType type =
          GgmlType.of(id)
              .orElseThrow(() -> in.broken("tensor `%s` has the unknown ggml type %d", name, id));
      return new Info(name, type, shape, in.int64());
    }

    GgufTensor map(GgufCursor in, MemorySegment bytes, long dataStart, long alignment) {
      long size = byteSize(in);
      if (offset < 0 || offset % alignment != 0) {
        throw in.broken(
            "tensor `%s` is at %d, which is not a multiple of the alignment %d",
            name, offset, alignment);
      }
      if (offset > bytes.byteSize() - dataStart || size > bytes.byteSize() - dataStart - offset) {
        throw in.broken(
            "tensor `%s` ends at byte %d, but the file has %d bytes: it is truncated; copy it"
                + " again",
            name, dataStart + offset + size, bytes.byteSize());
      }
      long from = dataStart + offset;
      return new GgufTensor(name, type, shape, from, bytes.asSlice(from, size));
    }

    private long byteSize(GgufCursor in) {
      try {
        long elements = 1;
        for (long dimension : shape) {
          if (dimension < 0) {
            throw new ArithmeticException();
          }
          elements = Math.multiplyExact(elements, dimension);
        }
        long row = shape.length == 0 ? 1 : shape[shape.length - 1];
        if (row % type.blockElements() != 0) {
          throw in.broken(
              "tensor `%s` has rows of %d elements; %s needs a multiple of %d",
              name, row, type, type.blockElements());
        }
        return Math.multiplyExact(elements / type.blockElements(), (long) type.blockBytes());
      } catch (ArithmeticException e) {
        throw in.broken("tensor `%s` has an impossible shape", name);
      }
    }
  }
}
