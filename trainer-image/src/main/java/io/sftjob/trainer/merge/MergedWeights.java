package io.sftjob.trainer.merge;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.lora.WeightChanges;
import io.sftjob.trainer.lora.WeightChanges.LowRank;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.model.Layout;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.TensorInfo;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a base model with an adapter merged in: W + scale · B A in float32, rounded once.
 * They are computed one at a time.
 */
final class MergedWeights {
  private final Checkpoint base;
  private final Layout layout;
  private final WeightChanges changes;
  private final MergeDtype dtype;
  private final Kernels kernels;

  MergedWeights(Checkpoint base, WeightChanges changes, MergeDtype dtype, Kernels kernels) {
    this.base = base;
    this.layout = base.spec().layout();
    this.changes = changes;
    this.dtype = dtype;
    this.kernels = kernels;
  }

  /** The embedding and the head were one tensor and are no longer. */
  boolean comeApart() {
    return base.spec().tiedEmbeddings()
        && (changes.replaced(layout.embedding()).isPresent()
            || changes.replaced(layout.head()).isPresent());
  }

  /** In the base's order; a head that came apart is the last. */
  List<TensorInfo> tensors() {
    var shapes = layout.shapes(base.spec());
    var tensors = new ArrayList<TensorInfo>();
    for (String name : base.tensors().names()) {
      boolean weight = shapes.containsKey(name) || name.equals(layout.head());
      // Buffers are no weights: what follows from the configuration keeps its precision.
      Dtype stored = weight ? dtype.stored() : Dtype.F32;
      tensors.add(new TensorInfo(name, stored, base.tensors().shape(name)));
    }
    if (comeApart() && !base.tensors().names().contains(layout.head())) {
      tensors.add(
          new TensorInfo(layout.head(), dtype.stored(), base.tensors().shape(layout.embedding())));
    }
    return tensors;
  }

  /**
   * @throws TrainerException if a value is infinite or not a number
   */
  NDArray compute(NDManager owner, TensorInfo tensor) {
    TorchDtype to = tensor.dtype() == Dtype.F32 ? TorchDtype.FLOAT32 : dtype.torch();
    NDArray result = compute(owner, tensor.name(), to);
    if (!kernels.bool("all_finite", result)) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "The merged tensor `%s` has values that are infinite or not a number in %s. The adapter is broken, or the values are too large: try --dtype BFloat16."
              .formatted(tensor.name(), to));
    }
    return result;
  }

  private NDArray compute(NDManager owner, String name, TorchDtype to) {
    var replacement = changes.replaced(name);
    if (replacement.isPresent()) {
      try (NDManager scope = kernels.manager().newSubManager()) {
        return kernels.convert(owner, upload(scope, replacement.get()), to);
      }
    }
    var lowRank = changes.added(name);
    return lowRank.isPresent()
        ? added(owner, name, lowRank.get(), to)
        : base.tensors().load(owner, source(name), to);
  }

  private NDArray added(NDManager owner, String name, LowRank change, TorchDtype to) {
    try (NDManager scope = kernels.manager().newSubManager()) {
      return kernels.tensor(
          owner,
          "merged",
          base.tensors().load(scope, name, TorchDtype.FLOAT32),
          upload(scope, change.a()),
          upload(scope, change.b()),
          change.scale(),
          to.code());
    }
  }

  /** A head that came apart begins as the embedding. */
  private String source(String name) {
    return base.tensors().names().contains(name) ? name : layout.embedding();
  }

  private NDArray upload(NDManager owner, HostTensor tensor) {
    return HostMemory.upload(kernels, owner, tensor.data(), tensor.shape());
  }
}
