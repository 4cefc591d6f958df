package io.sftjob.trainer.weights;

import io.sftjob.trainer.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The loops of ggml-quants.c's {@code dequantize_row_*}, value by value. */
final class GgmlReference {
  private final ByteBuffer blocks;
  private final float[] values;
  private int at;
  private int y;

  private GgmlReference(byte[] blocks, int elements) {
    this.blocks = ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN);
    this.values = new float[elements];
  }

  static float[] dequantize(GgmlType type, byte[] blocks) {
    int count = blocks.length / type.blockBytes();
    var reference = new GgmlReference(blocks, count * type.blockElements());
    for (int i = 0; i < count; i++) {
      reference.at = i * type.blockBytes();
      reference.y = i * type.blockElements();
      reference.block(type);
    }
    return reference.values;
  }

  private void block(GgmlType type) {
    switch (type) {
      case Q4_0 -> small(half(0), 0, 2, -1, -8);
      case Q4_1 -> small(half(0), half(2), 4, -1, 0);
      case Q5_0 -> small(half(0), 0, 6, 2, -16);
      case Q5_1 -> small(half(0), half(2), 8, 4, 0);
      case Q8_0 -> q8();
      case Q4_K -> scaled(-1, 16);
      case Q5_K -> scaled(16, 48);
      case Q6_K -> q6();
      default -> throw new IllegalArgumentException(type.name());
    }
  }

  /** Nibbles from {@code qs} on, fifth bits at {@code qh} where that is not negative. */
  private void small(float d, float m, int qs, int qh, int shift) {
    for (int j = 0; j < 32; j++) {
      int q = j < 16 ? u8(qs + j) & 15 : u8(qs + j - 16) >> 4;
      if (qh >= 0) {
        q |= (blocks.getInt(at + qh) >>> j & 1) << 4;
      }
      // The formats without a minimum do not add one: that would lose a zero's sign.
      values[y + j] = shift == 0 ? d * q + m : d * (q + shift);
    }
  }

  private void q8() {
    for (int j = 0; j < 32; j++) {
      values[y + j] = half(0) * blocks.get(at + 2 + j);
    }
  }

  private void scaled(int qh, int qs) {
    for (int j = 0; j < 256; j++) {
      int group = j / 32;
      int low = u8(qs + j / 64 * 32 + j % 32);
      int q = group % 2 == 0 ? low & 15 : low >> 4;
      if (qh >= 0) {
        q += (u8(qh + j % 32) >> group & 1) << 4;
      }
      float d = half(0) * scale(group);
      float m = half(2) * minimum(group);
      values[y + j] = d * q - m;
    }
  }

  /** {@code get_scale_min_k4}. */
  private int scale(int j) {
    return j < 4 ? u8(4 + j) & 63 : u8(8 + j) & 15 | u8(j) >> 6 << 4;
  }

  private int minimum(int j) {
    return j < 4 ? u8(8 + j) & 63 : u8(8 + j) >> 4 | u8(4 + j) >> 6 << 4;
  }

  private void q6() {
    for (int j = 0; j < 256; j++) {
      int half = j / 128;
      int l = j % 32;
      int quarter = j % 128 / 32;
      int low = u8(64 * half + l + 32 * (quarter % 2));
      int high = u8(128 + 32 * half + l) >> 2 * quarter & 3;
      int q = ((quarter < 2 ? low & 15 : low >> 4) | high << 4) - 32;
      int scale = blocks.get(at + 192 + 8 * half + l / 16 + 2 * quarter);
      values[y + j] = half(208) * scale * q;
    }
  }

  private float half(int offset) {
    return Float.float16ToFloat(blocks.getShort(at + offset));
  }

  private int u8(int offset) {
    return Byte.toUnsignedInt(blocks.get(at + offset));
  }
}
