package io.sftjob.trainer.gguf;

import java.lang.foreign.MemorySegment;

/**
 * A tensor of a GGUF file, mapped.
 *
 * @param name ggml's name, such as {@code blk.0.attn_q.weight}
 * @param shape row-major as in PyTorch: the last dimension is contiguous (ggml writes it first)
 * @param offset of the first byte in the file
 * @param data its bytes, read-only, valid while the {@link GgufFile} is open
 */
public record GgufTensor(
    String name, GgmlType type, long[] shape, long offset, MemorySegment data) {

  public long elements() {
    long n = 1;
    for (long dimension : shape) {
      n *= dimension;
    }
    return n;
  }
}
