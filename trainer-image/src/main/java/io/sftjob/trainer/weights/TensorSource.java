package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Set;

/** The named tensors of a checkpoint, read one at a time. */
public interface TensorSource extends AutoCloseable {
  /** For messages: the file or folder. */
  String location();

  Set<String> names();

  /** Row-major; the name must be one of {@link #names}. */
  long[] shape(String name);

  /** How the tensor lies in the file, for a person: F32, BF16, Q4_1, NF4, … */
  String storedAs(String name);

  /**
   * The dtype that the tensor is stored in; for a block format, float32, which holds its values
   * exactly.
   */
  TorchDtype dtype(String name);

  /** What the tensor takes in the file. */
  long bytes(String name);

  /**
   * The tensor in the given dtype on the owner's device. It may be a view of the mapped file, and
   * is then valid after {@link #close} too. Integers can only be had as they are stored.
   */
  NDArray load(NDManager owner, String name, TorchDtype dtype);

  /**
   * Gives back the memory of what was read so far; tensors that were handed out keep theirs. (A
   * mapped file stays in memory as far as it was read.)
   */
  void release();

  @Override
  void close();
}
