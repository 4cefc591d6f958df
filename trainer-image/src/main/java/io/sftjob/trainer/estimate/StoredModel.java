package io.sftjob.trainer.estimate;

import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model by its files' headers.
 *
 * @param tensors those that the decoder needs, by name
 */
public record StoredModel(DecoderSpec spec, Map<String, Tensor> tensors) {

  /**
   * @param shape row-major
   * @param fileBytes what it takes in the file
   * @param mappable whether the file holds it as it is used: then in this dtype no copy is made
   */
  public record Tensor(long[] shape, TorchDtype dtype, long fileBytes, boolean mappable) {
    long elements() {
      long n = 1;
      for (long side : shape) {
        n *= side;
      }
      return n;
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
            (name, shape) -> {
              long n = Arrays.stream(shape).reduce(1, Math::multiplyExact);
              var dtype = source.dtype(name);
              boolean plain = source.bytes(name) == n * dtype.bytes();
              tensors.put(name, new Tensor(shape, dtype, source.bytes(name), plain));
            });
    return new StoredModel(checkpoint.spec(), tensors);
  }
}
