package io.sftjob.trainer.safetensors;

import java.util.Arrays;

/**
 * What a tensor is, without its values.
 *
 * @param shape row-major
 */
public record TensorInfo(String name, Dtype dtype, long[] shape) {
  public long bytes() {
    return Math.multiplyExact(StoredTensor.elements(shape), dtype.bytes());
  }

  @Override
  public String toString() {
    return "`%s` %s %s".formatted(name, dtype, Arrays.toString(shape));
  }
}
