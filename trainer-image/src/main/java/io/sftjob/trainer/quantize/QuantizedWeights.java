package io.sftjob.trainer.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.model.Layout;
import io.sftjob.trainer.model.LinearRole;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.quant.QuantizedParts;
import io.sftjob.trainer.quant.Quantizer;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.TensorInfo;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.TensorSource;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/** The tensors of a checkpoint with its layers' linears quantized; one is in memory at a time. */
final class QuantizedWeights {
  private final TensorSource base;
  private final Set<String> names;
  private final Set<String> linears;
  private final QuantConfig config;
  private final Kernels kernels;

  QuantizedWeights(Checkpoint base, QuantConfig config, Kernels kernels) {
    this.base = base.tensors();
    this.names = new LinkedHashSet<>(base.spec().layout().shapes(base.spec()).keySet());
    names.addAll(new TreeSet<>(base.tensors().names()));
    this.linears = linears(base);
    this.config = config;
    this.kernels = kernels;
  }

  private static Set<String> linears(Checkpoint base) {
    Layout layout = base.spec().layout();
    var names = new HashSet<String>();
    for (int layer = 0; layer < base.spec().layers(); layer++) {
      for (LinearRole role : layout.roles()) {
        names.add(layout.module(layer, role) + ".weight");
      }
    }
    return names;
  }

  /** How many are quantized. */
  int count() {
    return linears.size();
  }

  /** What each tensor of the base will be in the files, from the embedding to the head. */
  SequencedMap<String, List<TensorInfo>> planned() {
    var planned = new LinkedHashMap<String, List<TensorInfo>>();
    for (String name : names) {
      TorchDtype dtype = base.dtype(name);
      long[] shape = base.shape(name);
      planned.put(
          name,
          linears.contains(name)
              ? QuantizedParts.planned(name, shape, dtype, config)
              : List.of(new TensorInfo(name, stored(dtype), shape)));
    }
    return planned;
  }

  /**
   * Writes what a tensor was planned to be.
   *
   * @throws TrainerException if a value is infinite or not a number
   */
  void write(String name, QuantizedParts.Target target) throws IOException {
    TorchDtype dtype = base.dtype(name);
    try (NDManager scope = kernels.manager().newSubManager()) {
      NDArray values = base.load(scope, name, dtype);
      if (linears.contains(name)) {
        var quantized = new Quantizer(kernels, config).quantize(scope, name, values, dtype);
        QuantizedParts.write(name, quantized, kernels, target);
      } else {
        requireFinite(name, values);
        HostMemory.pieces(kernels, values, dtype.bytes(), bytes -> target.write(name, bytes));
      }
    }
    base.release();
  }

  private void requireFinite(String name, NDArray values) {
    if (!kernels.bool("all_finite", values)) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "%s: tensor `%s` holds weights that are infinite or not a number"
              .formatted(base.location(), name));
    }
  }

  private static Dtype stored(TorchDtype dtype) {
    return switch (dtype) {
      case FLOAT32 -> Dtype.F32;
      case FLOAT16 -> Dtype.F16;
      case BFLOAT16 -> Dtype.BF16;
      default -> throw new IllegalArgumentException("no weights are " + dtype);
    };
  }
}
