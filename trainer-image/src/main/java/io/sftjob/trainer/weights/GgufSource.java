package io.sftjob.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgmlType;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.gguf.GgufTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** A GGUF file's tensors under ggml's names, dequantized as they are loaded. */
public final class GgufSource implements TensorSource {
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

  private final Path path;
  private final GgufFile header;
  private final Kernels kernels;
  private final MappedFile file;
  private final Set<String> names;

  private GgufSource(Path path, GgufFile header, Kernels kernels) {
    this.path = path;
    this.header = header;
    this.kernels = kernels;
    this.file = new MappedFile(kernels, path);
    this.names = header.tensors().stream().map(GgufTensor::name).collect(Collectors.toSet());
  }

  /**
   * @param header of the same file; stays the caller's
   * @throws TrainerException if the file is a part of a model, or a tensor is of a type that can
   *     not be dequantized
   */
  public static GgufSource open(Path path, GgufFile header, Kernels kernels) {
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
    return new GgufSource(path, header, kernels);
  }

  @Override
  public String location() {
    return path.toString();
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public long[] shape(String name) {
    return tensor(name).shape();
  }

  @Override
  public String storedAs(String name) {
    return tensor(name).type().name();
  }

  @Override
  public TorchDtype dtype(String name) {
    return switch (tensor(name).type()) {
      case F16 -> TorchDtype.FLOAT16;
      case BF16 -> TorchDtype.BFLOAT16;
      default -> TorchDtype.FLOAT32;
    };
  }

  @Override
  public long bytes(String name) {
    return tensor(name).data().byteSize();
  }

  @Override
  public NDArray load(NDManager owner, String name, TorchDtype dtype) {
    GgufTensor tensor = tensor(name);
    return switch (tensor.type()) {
      case F32 -> plain(owner, tensor, TorchDtype.FLOAT32, dtype);
      case F16 -> plain(owner, tensor, TorchDtype.FLOAT16, dtype);
      case BF16 -> plain(owner, tensor, TorchDtype.BFLOAT16, dtype);
      default -> dequantized(owner, tensor, dtype);
    };
  }

  private NDArray plain(NDManager owner, GgufTensor tensor, TorchDtype stored, TorchDtype dtype) {
    try (NDArray view = file.section(kernels.manager(), tensor.offset(), tensor.shape(), stored)) {
      return kernels.convert(owner, view, dtype);
    }
  }

  private NDArray dequantized(NDManager owner, GgufTensor tensor, TorchDtype dtype) {
    NDManager scratch = kernels.manager();
    GgmlType type = tensor.type();
    long[] bytes = {tensor.data().byteSize()};
    try (NDArray raw = file.section(scratch, tensor.offset(), bytes, TorchDtype.UINT8);
        NDArray values =
            kernels.tensor(
                scratch,
                "dequantize",
                raw,
                type.name(),
                type.blockBytes(),
                type.blockElements(),
                tensor.shape(),
                dtype.code())) {
      return kernels.convert(owner, values, dtype);
    }
  }

  private GgufTensor tensor(String name) {
    return header.tensor(name).orElseThrow();
  }

  @Override
  public void release() {
    file.release();
  }

  @Override
  public void close() {
    file.close();
  }
}
