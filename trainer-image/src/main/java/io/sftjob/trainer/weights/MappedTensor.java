package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Optional;

/**
 * A tensor in a mapped file.
 *
 * @param storedAs for a person
 * @param dtype that holds its values exactly; empty if it can not be read
 * @param bytes in the file
 */
record MappedTensor(
    long[] shape, String storedAs, Optional<TorchDtype> dtype, long bytes, Reader reader) {

  /** How its values come out of the file. */
  @FunctionalInterface
  interface Reader {
    /**
     * @param dtype of the tensor
     * @param wanted that they will be converted to
     * @return in either dtype, perhaps as a view
     */
    NDArray read(MappedFile file, NDManager owner, TorchDtype dtype, TorchDtype wanted);
  }
}
