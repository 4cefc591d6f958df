package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.quant.BitsAndBytesSource;
import io.sftjob.trainer.quant.QuantizedTensor;
import io.sftjob.trainer.quant.Quantizer;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.TensorSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Loads one tensor after the other, quantizing the linears of the layers if asked. */
final class WeightsLoader {
  private final NDManager owner;
  private final DecoderSpec spec;
  private final TensorSource source;
  private final TorchDtype dtype;
  private final Optional<Quantizer> quantizer;
  private final Kernels kernels;
  private final LoadListener listener;
  private final Map<String, long[]> shapes;
  private final NDArray none;
  private final long total;
  private NDArray scratch;
  private long done;

  /**
   * @param owner of the weights
   * @param dtype of what is not quantized
   */
  WeightsLoader(
      NDManager owner,
      DecoderSpec spec,
      TensorSource source,
      TorchDtype dtype,
      Optional<Quantizer> quantizer,
      Kernels kernels,
      LoadListener listener) {
    this.owner = owner;
    this.spec = spec;
    this.source = source;
    this.dtype = dtype;
    this.quantizer = quantizer;
    this.kernels = kernels;
    this.listener = listener;
    this.shapes = spec.layout().shapes(spec);
    this.total = shapes.keySet().stream().mapToLong(source::bytes).sum();
    this.none = kernels.tensor(owner, "empty", dtype.code());
  }

  DecoderWeights load() {
    List<DecoderWeights.Layer> layers = new ArrayList<>();
    for (int i = 0; i < spec.layers(); i++) {
      layers.add(layer(i));
    }
    return around(List.copyOf(layers));
  }

  /** The layers come when they are computed, one at a time; the source must stay open. */
  DecoderWeights streamed() {
    return around(new StreamedLayers(spec.layers(), kernels, (scope, i) -> into(scope).layer(i)));
  }

  private WeightsLoader into(NDManager other) {
    return new WeightsLoader(other, spec, source, dtype, quantizer, kernels, LoadListener.NONE);
  }

  private DecoderWeights around(List<DecoderWeights.Layer> layers) {
    Layout layout = spec.layout();
    NDArray embedding = dense(layout.embedding());
    NDArray norm = dense(layout.norm());
    NDArray stored = spec.tiedEmbeddings() ? embedding : dense(layout.head());
    NDArray head =
        spec.head() == DecoderSpec.Head.Normalised
            ? kernels.tensor(owner, "unit_rows", stored)
            : stored;
    return new DecoderWeights(embedding, layers, norm, head, stored);
  }

  private DecoderWeights.Layer layer(int index) {
    Layout layout = spec.layout();
    var norms = new ArrayList<NDArray>();
    norms.add(dense(layout.inputNorm(index)));
    norms.add(dense(layout.postAttentionNorm(index)));
    if (spec.attention().headNorms()) {
      norms.add(dense(layout.queryNorm(index)));
      norms.add(dense(layout.keyNorm(index)));
    }
    var linears = new EnumMap<LinearRole, List<NDArray>>(LinearRole.class);
    for (LinearRole role : layout.roles()) {
      linears.put(role, linear(layout.module(index, role)));
    }
    return new DecoderWeights.Layer(List.copyOf(norms), linears);
  }

  private List<NDArray> linear(String module) {
    String name = module + ".weight";
    NDArray bias = shapes.containsKey(module + ".bias") ? dense(module + ".bias") : none;
    return stored(name)
        .map(weight -> weight.linear(bias, scratch()))
        .or(() -> quantizer.map(q -> quantized(q, name, bias)))
        .orElseGet(() -> List.of(dense(name), bias));
  }

  /** The weight as it is, if it lies quantized in the file. */
  private Optional<QuantizedTensor> stored(String name) {
    if (!(source instanceof BitsAndBytesSource files)) {
      return Optional.empty();
    }
    var weight = files.quantized(owner, name);
    if (weight.isPresent() && quantizer.isPresent()) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "%s: tensor `%s` is quantized already; leave spec.model.quantization out"
              .formatted(source.location(), name));
    }
    weight.ifPresent(w -> loaded(name));
    return weight;
  }

  private List<NDArray> quantized(Quantizer quantizer, String name, NDArray bias) {
    // What else lies in the same mapping must not keep the weight's pages.
    source.release();
    try (NDArray weight = source.load(kernels.manager(), name, dtype)) {
      requireHeld(name, weight);
      var quantized = quantizer.quantize(owner, name, weight, dtype);
      return quantized.linear(bias, scratch());
    } finally {
      loaded(name);
      source.release();
    }
  }

  /** For the dense weight of whichever linear computes, one after the other. */
  private NDArray scratch() {
    if (scratch == null) {
      var layout = spec.layout();
      long largest =
          layout.roles().stream().mapToLong(role -> role.in(spec) * role.out(spec)).max().orElse(0);
      scratch = kernels.tensor(owner, "scratch", largest, none);
    }
    return scratch;
  }

  private NDArray dense(String name) {
    NDArray weight = source.load(owner, name, dtype);
    requireHeld(name, weight);
    loaded(name);
    return weight;
  }

  /** float16 has less range than the dtypes that weights are stored in. */
  private void requireHeld(String name, NDArray weight) {
    if (dtype == TorchDtype.FLOAT16
        && source.dtype(name) != TorchDtype.FLOAT16
        && !kernels.bool("all_finite", weight)) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "%s: tensor `%s` holds weights beyond 65504, the largest number of float16; set spec.model.dtype to BFloat16 or Float32"
              .formatted(source.location(), name));
    }
  }

  private void loaded(String name) {
    done += source.bytes(name);
    listener.loaded(done, total);
  }
}
