package io.sftjob.trainer.estimate;

import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.quant.QuantizedTensor;

/** What a weight [out, in] takes in bitsandbytes' formats, as quant.py keeps it. */
public final class QuantizedBytes {
  /** Per tensor: the codebook of 16 values and the two values of each byte, float32. */
  private static final long CODEBOOK = 4 * (16 + 512);

  /** Per tensor: the map of 256 values and the offset, float32. */
  private static final long DYNAMIC_MAP = 4 * (256 + 1);

  private QuantizedBytes() {}

  /**
   * With n = out · in. 4-bit: ⌈n/2⌉ of codes and 4 · ⌈n/block⌉ of absmax; double quantization makes
   * the latter ⌈n/block⌉ and 4 for each 256 blocks. Int8: n and 4 · out.
   */
  public static long of(QuantConfig config, long out, long in) {
    long n = Math.multiplyExact(out, in);
    return switch (config) {
      case QuantConfig.Int8 int8 -> n + 4 * out;
      case QuantConfig.FourBit four -> {
        long blocks = ceil(n, four.blockSize());
        yield ceil(n, 2) + CODEBOOK + (four.doubleQuant() ? nested(blocks) : 4 * blocks);
      }
    };
  }

  private static long nested(long blocks) {
    return blocks + 4 * ceil(blocks, QuantizedTensor.Nested.BLOCK_SIZE) + DYNAMIC_MAP;
  }

  private static long ceil(long value, long divisor) {
    return (value + divisor - 1) / divisor;
  }
}
