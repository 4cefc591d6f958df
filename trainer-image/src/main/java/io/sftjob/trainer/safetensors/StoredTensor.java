package io.sftjob.trainer.safetensors;

import java.lang.foreign.MemorySegment;

/**
 * A tensor of a mapped file.
 *
 * @param shape row-major, the last dimension contiguous; empty for a scalar
 * @param offset of the first byte in the file
 * @param data its bytes, little-endian, read-only, valid while the {@link SafetensorsFile} is open
 */
public record StoredTensor(
    String name, Dtype dtype, long[] shape, long offset, MemorySegment data) {

  public long elements() {
    return elements(shape);
  }

  static long elements(long[] shape) {
    long n = 1;
    for (long dimension : shape) {
      n = Math.multiplyExact(n, dimension);
    }
    return n;
  }
}
