package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgmlType;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.gguf.GgufTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;

/** A GGUF file's tensors under ggml's names, dequantized as they are loaded. */
public final class GgufSource {
  private static final Set<GgmlType> READABLE =
      EnumSet.of(
          GgmlType.F32,
          GgmlType.F16,
          GgmlType.BF16,
          GgmlType.Q4_0,
          GgmlType.Q4_1,
          GgmlType.Q5_0,
          GgmlType.Q5_1,
          GgmlType.Q8_0,
          GgmlType.Q4_K,
          GgmlType.Q5_K,
          GgmlType.Q6_K);

  private GgufSource() {}

  /**
   * @param header of the same file; stays the caller's
   * @throws TrainerException if the file is a part of a model, or a tensor is of a type that can
   *     not be dequantized
   */
  public static TensorSource open(Path path, GgufFile header, Kernels kernels) {
    long parts = header.metadata().integer("split.count").orElse(1L);
    if (parts > 1) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "%s: is one of %d parts of a model; join them with `llama-gguf-split --merge`"
              .formatted(path, parts));
    }
    for (GgufTensor tensor : header.tensors()) {
      if (!READABLE.contains(tensor.type())) {
        throw new TrainerException(
            ExitCode.ModelNotUsable,
            "%s: tensor `%s` is quantized as %s; those that can be read are %s. Convert the model to one of them."
                .formatted(path, tensor.name(), tensor.type(), READABLE));
      }
    }
    var tensors = new LinkedHashMap<String, MappedTensor>();
    header.tensors().forEach(tensor -> tensors.put(tensor.name(), mapped(tensor, kernels)));
    return new MappedSource(path, tensors, kernels);
  }

  private static MappedTensor mapped(GgufTensor tensor, Kernels kernels) {
    long offset = tensor.offset();
    long[] shape = tensor.shape();
    GgmlType type = tensor.type();
    long bytes = tensor.data().byteSize();
    MappedTensor.Reader reader =
        switch (type) {
          case F32, F16, BF16 ->
              (file, owner, dtype, wanted) -> file.section(owner, offset, shape, dtype);
          default ->
              (file, owner, dtype, wanted) -> {
                long[] flat = {bytes};
                try (NDArray raw = file.section(owner, offset, flat, TorchDtype.UINT8)) {
                  return kernels.tensor(
                      owner,
                      "dequantize",
                      raw,
                      type.name(),
                      type.blockBytes(),
                      type.blockElements(),
                      shape,
                      wanted.code());
                }
              };
        };
    return new MappedTensor(shape, type.name(), Optional.of(dtype(type)), bytes, reader);
  }

  private static TorchDtype dtype(GgmlType type) {
    return switch (type) {
      case F16 -> TorchDtype.FLOAT16;
      case BF16 -> TorchDtype.BFLOAT16;
      default -> TorchDtype.FLOAT32;
    };
  }
}
