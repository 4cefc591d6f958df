package io.sftjob.trainer.estimate;

import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import io.sftjob.trainer.quant.BitsAndBytesSource;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.TensorSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A model by its files' headers.
 *
 * @param tensors those that the decoder needs, by name
 */
public record StoredModel(DecoderSpec spec, Map<String, Tensor> tensors) {

  /** How a tensor lies in its file. */
  public enum Form {
    /** Its elements: used where they lie if computation has their dtype. */
    Plain,
    /** Blocks of a GGUF, always copied. */
    Blocks,
    /** Quantized as bitsandbytes writes it, used where it lies. */
    Quantized
  }

  /**
   * @param shape row-major
   * @param dtype of the elements, or of those that were quantized
   * @param fileBytes what it takes in the file
   */
  public record Tensor(long[] shape, TorchDtype dtype, long fileBytes, Form form) {
    long elements() {
      return count(shape);
    }
  }

  /** Reads headers only. */
  public static StoredModel of(Checkpoint checkpoint) {
    var source = checkpoint.tensors();
    var tensors = new TreeMap<String, Tensor>();
    checkpoint
        .spec()
        .layout()
        .shapes(checkpoint.spec())
        .forEach(
            (name, shape) ->
                tensors.put(
                    name,
                    new Tensor(
                        shape, source.dtype(name), source.bytes(name), form(source, name, shape))));
    return new StoredModel(checkpoint.spec(), tensors);
  }

  private static Form form(TensorSource source, String name, long[] shape) {
    if (source instanceof BitsAndBytesSource files && files.quantizedNames().contains(name)) {
      return Form.Quantized;
    }
    return source.bytes(name) == count(shape) * source.dtype(name).bytes()
        ? Form.Plain
        : Form.Blocks;
  }

  private static long count(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** Whether its files hold quantized weights. */
  public boolean isQuantized() {
    return tensors.values().stream().anyMatch(tensor -> tensor.form == Form.Quantized);
  }

  /** The names of the weights that quantization is for. */
  Set<String> linears() {
    var names = new HashSet<String>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (LinearRole role : spec.layout().roles()) {
        names.add(spec.layout().module(layer, role) + ".weight");
      }
    }
    return names;
  }
}
