package io.sftjob.trainer.pickle;

/**
 * A tensor of a {@link TorchFile}: a strided view of a storage, checked to lie inside it.
 *
 * @param shape row-major dimensions
 * @param strides in elements, one for each dimension
 * @param offset of its first element, in elements from the storage's start
 * @param storageOffset of the storage's first byte in the file
 * @param storageElements that the storage has
 */
public record TorchTensor(
    String name,
    ElementType type,
    long[] shape,
    long[] strides,
    long offset,
    long storageOffset,
    long storageElements) {

  public long elements() {
    long n = 1;
    for (long dimension : shape) {
      n *= dimension;
    }
    return n;
  }
}
