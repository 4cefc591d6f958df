package io.sftjob.trainer.pickle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles for tests as {@code torch.save} does, or others. */
public final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public PickleBytes() {
    op(0x80, 2);
  }

  public PickleBytes op(int... opcodes) {
    for (int opcode : opcodes) {
      out.write(opcode);
    }
    return this;
  }

  public PickleBytes global(String module, String name) {
    op('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public PickleBytes text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    op('X');
    out.writeBytes(little(4).putInt(utf8.length).array());
    out.writeBytes(utf8);
    return this;
  }

  /** LONG1 of eight bytes. */
  public PickleBytes integer(long value) {
    op(0x8a, 8);
    out.writeBytes(little(8).putLong(value).array());
    return this;
  }

  public PickleBytes integers(long... values) {
    op('(');
    for (long value : values) {
      integer(value);
    }
    return op('t');
  }

  /** A reference to {@code data/<key>}. */
  public PickleBytes storage(String type, String key, long elements) {
    return op('(')
        .text("storage")
        .global("torch", type)
        .text(key)
        .text("cpu")
        .integer(elements)
        .op('t', 'Q');
  }

  /** A tensor, whose storage {@code storage} writes. */
  public PickleBytes tensor(
      String type, String key, long elements, long offset, long[] shape, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .op('(')
        .storage(type, key, elements)
        .integer(offset)
        .integers(shape)
        .integers(strides)
        .op(0x89)
        .global("collections", "OrderedDict")
        .op(')', 'R', 't', 'R');
  }

  public byte[] stop() {
    op('.');
    return out.toByteArray();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
