package io.sftjob.trainer.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes small GGUF files for tests, right or wrong. */
public final class GgufBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public GgufBytes header(int version, long tensors, long keys) {
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    return int32(version).int64(tensors).int64(keys);
  }

  public GgufBytes int32(int value) {
    out.writeBytes(little(4).putInt(value).array());
    return this;
  }

  public GgufBytes int64(long value) {
    out.writeBytes(little(8).putLong(value).array());
    return this;
  }

  public GgufBytes string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int64(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  public GgufBytes key(String key, String value) {
    return string(key).int32(8).string(value);
  }

  public GgufBytes key(String key, int value) {
    return string(key).int32(4).int32(value);
  }

  public GgufBytes key(String key, boolean value) {
    string(key).int32(7);
    out.write(value ? 1 : 0);
    return this;
  }

  public GgufBytes key(String key, float value) {
    string(key).int32(6);
    out.writeBytes(little(4).putFloat(value).array());
    return this;
  }

  public GgufBytes keyOfStrings(String key, List<String> values) {
    string(key).int32(9).int32(8).int64(values.size());
    values.forEach(this::string);
    return this;
  }

  public GgufBytes keyOfInts(String key, List<Integer> values) {
    string(key).int32(9).int32(5).int64(values.size());
    values.forEach(this::int32);
    return this;
  }

  public GgufBytes keyOfFloats(String key, List<Float> values) {
    string(key).int32(9).int32(6).int64(values.size());
    values.forEach(value -> out.writeBytes(little(4).putFloat(value).array()));
    return this;
  }

  /** A tensor's entry; the shape in ggml's order, the contiguous dimension first. */
  public GgufBytes tensor(String name, int type, long offset, long... shape) {
    string(name).int32(shape.length);
    for (long dimension : shape) {
      int64(dimension);
    }
    return int32(type).int64(offset);
  }

  public GgufBytes align(int alignment) {
    while (out.size() % alignment != 0) {
      out.write(0);
    }
    return this;
  }

  public GgufBytes floats(float... values) {
    ByteBuffer bytes = little(4 * values.length);
    for (float value : values) {
      bytes.putFloat(value);
    }
    out.writeBytes(bytes.array());
    return this;
  }

  public GgufBytes bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public byte[] toByteArray() {
    return out.toByteArray();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
