package io.sftjob.trainer.estimate;

import io.sftjob.trainer.estimate.StoredModel.Form;
import io.sftjob.trainer.estimate.StoredModel.Tensor;
import io.sftjob.trainer.model.DecoderSpec;
import java.util.Set;

/**
 * The frozen weights.
 *
 * @param resident copies in the process's own memory, or the GPU's
 * @param mapped used where they lie in the file: page cache, which the kernel may drop and read
 *     again
 * @param read pages of files that are mapped only while the copies are made
 * @param dense the largest dense copy that exists beside its quantized form while it is made
 */
public record WeightBytes(long resident, long mapped, long read, long dense) {

  static WeightBytes of(StoredModel model, Workload work) {
    DecoderSpec spec = model.spec();
    Set<String> linears = model.linears();
    long resident = 0;
    long mapped = 0;
    long read = 0;
    long dense = 0;
    long released = 0;
    for (var entry : model.tensors().entrySet()) {
      Tensor tensor = entry.getValue();
      long copy = tensor.elements() * work.element();
      boolean inPlace = !work.gpu() && isUsedWhereItLies(tensor, work);
      if (work.quantization().isPresent() && linears.contains(entry.getKey())) {
        resident +=
            QuantizedBytes.of(work.quantization().get(), tensor.shape()[0], tensor.shape()[1]);
        dense = Math.max(dense, inPlace ? 0 : copy);
        released = Math.max(released, tensor.fileBytes());
      } else if (inPlace) {
        mapped += tensor.fileBytes();
      } else {
        resident += tensor.form() == Form.Quantized ? tensor.fileBytes() : copy;
        read += tensor.fileBytes();
      }
    }
    if (work.quantization().isPresent() || model.isQuantized()) {
      resident += scratch(spec) * work.element();
    }
    if (spec.head() == DecoderSpec.Head.Normalised) {
      resident += (long) spec.vocabSize() * spec.hiddenSize() * work.element();
    }
    return new WeightBytes(resident, mapped, Math.max(read, released), dense);
  }

  /** The dense weight of whichever quantized linear computes. */
  private static long scratch(DecoderSpec spec) {
    return spec.layout().roles().stream()
        .mapToLong(role -> (long) role.in(spec) * role.out(spec))
        .max()
        .orElse(0);
  }

  private static boolean isUsedWhereItLies(Tensor tensor, Workload work) {
    return switch (tensor.form()) {
      case Plain -> tensor.dtype() == work.dtype();
      case Blocks -> false;
      case Quantized -> true;
    };
  }
}
