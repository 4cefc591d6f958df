package io.sftjob.trainer.quant;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** The sixteen values of a 4-bit code, as {@code get_4bit_type} of bitsandbytes has them. */
public enum Codebook {
  NF4("nf4", nf4(), IntStream.range(0, 16).toArray()),
  // Both zeros are values of their own: 0 is what a tie goes to, 8 what lies above it.
  FP4("fp4", fp4(), 11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3);

  private final String key;
  private final float[] table;
  private final int[] ascending;

  Codebook(String key, float[] table, int... ascending) {
    this.key = key;
    this.table = table;
    this.ascending = ascending;
  }

  /** As bitsandbytes' files name it. */
  public String key() {
    return key;
  }

  /** The values by code. */
  public float[] table() {
    return table.clone();
  }

  /** The codes by their value. */
  long[] ascending() {
    return Arrays.stream(ascending).asLongStream().toArray();
  }

  static Optional<Codebook> byKey(String key) {
    return Arrays.stream(values()).filter(c -> c.key.equals(key)).findFirst();
  }

  private static float[] nf4() {
    return new float[] {
      -1.0f,
      -0.6961928009986877f,
      -0.5250730514526367f,
      -0.39491748809814453f,
      -0.28444138169288635f,
      -0.18477343022823334f,
      -0.09105003625154495f,
      0.0f,
      0.07958029955625534f,
      0.16093020141124725f,
      0.24611230194568634f,
      0.33791524171829224f,
      0.44070982933044434f,
      0.5626170039176941f,
      0.7229568362236023f,
      1.0f
    };
  }

  /** Bit 3 is the sign; in twelfths of the largest. */
  private static float[] fp4() {
    float[] magnitudes = {0, 0.0625f, 8, 12, 4, 6, 2, 3};
    float[] values = new float[16];
    for (int code = 0; code < 16; code++) {
      float value = magnitudes[code & 7] / 12;
      values[code] = code < 8 || value == 0 ? value : -value;
    }
    return values;
  }
}
