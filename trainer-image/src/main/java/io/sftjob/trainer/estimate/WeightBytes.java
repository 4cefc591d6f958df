package io.sftjob.trainer.estimate;

import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import java.util.HashSet;
import java.util.Set;

/**
 * The frozen weights.
 *
 * @param resident copies in the process's own memory
 * @param mapped used where they lie in the file: page cache, which the kernel may drop and read
 *     again
 * @param read pages of the file that are mapped only while the copies are made
 * @param largest the dense tensor that exists beside its quantized form while it is made
 */
public record WeightBytes(long resident, long mapped, long read, long largest) {

  static WeightBytes of(StoredModel model, Workload work) {
    DecoderSpec spec = model.spec();
    Set<String> linears = linears(spec);
    long resident = 0;
    long mapped = 0;
    long read = 0;
    long largest = 0;
    for (var entry : model.tensors().entrySet()) {
      var tensor = entry.getValue();
      long dense = tensor.elements() * work.element();
      if (work.quantization().isPresent() && linears.contains(entry.getKey())) {
        resident +=
            QuantizedBytes.of(work.quantization().get(), tensor.shape()[0], tensor.shape()[1]);
        largest = Math.max(largest, dense);
      } else if (tensor.mappable() && tensor.dtype() == work.dtype() && !work.gpu()) {
        mapped += dense;
      } else {
        resident += dense;
        read += tensor.fileBytes();
      }
    }
    if (spec.head() == DecoderSpec.Head.Normalised) {
      resident += (long) spec.vocabSize() * spec.hiddenSize() * work.element();
    }
    return new WeightBytes(resident, mapped, read, largest);
  }

  private static Set<String> linears(DecoderSpec spec) {
    var names = new HashSet<String>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (LinearRole role : spec.layout().roles()) {
        names.add(spec.layout().module(layer, role) + ".weight");
      }
    }
    return names;
  }
}
