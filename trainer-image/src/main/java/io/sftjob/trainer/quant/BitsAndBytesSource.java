package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.TensorSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A checkpoint whose weights are quantized in bitsandbytes' layout, as the tensors that they stand
 * for: {@link #names} and {@link #shape} are those of the dense model. {@link #load} dequantizes;
 * {@link #quantized} does not.
 */
public final class BitsAndBytesSource implements TensorSource {
  private final TensorSource files;
  private final Kernels kernels;
  private final Map<String, StoredQuantized> quantized;
  private final Set<String> names;

  private BitsAndBytesSource(
      TensorSource files, Kernels kernels, Map<String, StoredQuantized> quantized) {
    this.files = files;
    this.kernels = kernels;
    this.quantized = quantized;
    var all = new LinkedHashSet<>(files.names());
    quantized.values().forEach(stored -> stored.parts().forEach(all::remove));
    all.addAll(quantized.keySet());
    this.names = Collections.unmodifiableSet(all);
  }

  /** Whether tensors are there that only quantized weights have. */
  public static boolean isQuantized(TensorSource files) {
    return files.names().stream()
        .anyMatch(
            name ->
                PartNames.weightOfState(name).isPresent()
                    || PartNames.weightOfScales(name).isPresent());
  }

  /**
   * @param files stays the caller's if this fails, and is closed with the result else
   * @throws TrainerException if the tensors of a weight do not fit each other
   */
  public static BitsAndBytesSource of(TensorSource files, Kernels kernels) {
    var parts = new Parts(files, kernels);
    var quantized = new LinkedHashMap<String, StoredQuantized>();
    for (String name : files.names()) {
      PartNames.weightOfState(name)
          .ifPresent(
              weight -> put(parts, quantized, StoredFourBit.read(parts, weight, name), weight));
      PartNames.weightOfScales(name)
          .ifPresent(weight -> put(parts, quantized, StoredInt8.read(parts, weight), weight));
    }
    return new BitsAndBytesSource(files, kernels, quantized);
  }

  private static void put(
      Parts parts, Map<String, StoredQuantized> quantized, StoredQuantized stored, String weight) {
    if (quantized.put(weight, stored) != null) {
      throw parts.refused(weight, "has two quantization states");
    }
  }

  /**
   * The weight as it is stored; its codes may be a view of the mapped file. Empty for a dense
   * tensor.
   *
   * @throws TrainerException if a scale is infinite or not a number
   */
  public Optional<QuantizedTensor> quantized(NDManager owner, String name) {
    return Optional.ofNullable(quantized.get(name)).map(stored -> stored.load(owner));
  }

  /** The names of the quantized weights. */
  public Set<String> quantizedNames() {
    return Collections.unmodifiableSet(quantized.keySet());
  }

  @Override
  public String location() {
    return files.location();
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public long[] shape(String name) {
    var stored = quantized.get(name);
    return stored == null ? files.shape(name) : stored.shape();
  }

  @Override
  public TorchDtype dtype(String name) {
    var stored = quantized.get(name);
    return stored == null ? files.dtype(name) : stored.dtype();
  }

  @Override
  public String storedAs(String name) {
    var stored = quantized.get(name);
    return stored == null ? files.storedAs(name) : stored.mode().name();
  }

  @Override
  public long bytes(String name) {
    var stored = quantized.get(name);
    return stored == null
        ? files.bytes(name)
        : stored.parts().stream().mapToLong(files::bytes).sum();
  }

  @Override
  public NDArray load(NDManager owner, String name, TorchDtype dtype) {
    var stored = quantized.get(name);
    if (stored == null) {
      return files.load(owner, name, dtype);
    }
    try (NDManager scope = kernels.manager().newSubManager()) {
      return stored.load(scope).dequantize(kernels, owner, dtype);
    }
  }

  @Override
  public void release() {
    files.release();
  }

  @Override
  public void close() {
    files.close();
  }
}
