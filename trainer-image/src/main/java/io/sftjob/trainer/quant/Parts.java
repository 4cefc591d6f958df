package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.TensorSource;
import java.util.Arrays;

/** The tensors of a checkpoint as they are stored, held against what they have to be. */
record Parts(TensorSource files, Kernels kernels) {

  boolean has(String name) {
    return files.names().contains(name);
  }

  /**
   * @param why the tensor has to be so, for the message
   */
  void require(String name, TorchDtype dtype, long[] shape, String why) {
    if (!has(name)) {
      throw refused(name, "is missing, %s", why);
    }
    TorchDtype found = files.dtype(name);
    if (found != dtype || !Arrays.equals(files.shape(name), shape)) {
      throw refused(
          name,
          "has the dtype %s and shape %s, %s: expected %s and %s",
          found,
          Arrays.toString(files.shape(name)),
          why,
          dtype,
          Arrays.toString(shape));
    }
  }

  /** A view of the mapped file, where it can be one. */
  NDArray load(NDManager owner, String name) {
    return files.load(owner, name, files.dtype(name));
  }

  /**
   * @throws TrainerException if a value is infinite or not a number
   */
  NDArray loadFinite(NDManager owner, String name) {
    NDArray values = load(owner, name);
    if (!kernels.bool("all_finite", values)) {
      throw refused(name, "holds values that are infinite or not a number");
    }
    return values;
  }

  TrainerException refused(String name, String what, Object... values) {
    return new TrainerException(
        ExitCode.ModelNotUsable,
        "%s: tensor `%s` %s".formatted(files.location(), name, what.formatted(values)));
  }
}
