package io.sftjob.trainer.weights;

import static io.sftjob.trainer.gguf.GgmlType.BF16;
import static io.sftjob.trainer.gguf.GgmlType.F16;
import static io.sftjob.trainer.gguf.GgmlType.F32;
import static io.sftjob.trainer.gguf.GgmlType.Q4_0;
import static io.sftjob.trainer.gguf.GgmlType.Q4_1;
import static io.sftjob.trainer.gguf.GgmlType.Q4_K;
import static io.sftjob.trainer.gguf.GgmlType.Q5_0;
import static io.sftjob.trainer.gguf.GgmlType.Q5_1;
import static io.sftjob.trainer.gguf.GgmlType.Q5_K;
import static io.sftjob.trainer.gguf.GgmlType.Q6_K;
import static io.sftjob.trainer.gguf.GgmlType.Q8_0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.sftjob.trainer.gguf.GgufBytes;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.gguf.GgufTensor;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.StoredTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufSourceTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures/gguf");

  /** Bit for bit what gguf.quants.dequantize reads from the same file. */
  @Test
  void dequantizesAsTheGgufPackage() {
    Path path = FIXTURES.resolve("tensors.gguf");
    try (var kernels = Kernels.load(Device.cpu());
        var file = GgufFile.open(path);
        var source = GgufSource.open(path, file, kernels);
        var expected = SafetensorsFile.open(FIXTURES.resolve("tensors.safetensors"))) {
      assertThat(file.tensors())
          .extracting(GgufTensor::type)
          .contains(F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K);
      for (String name : source.names()) {
        try (NDArray found = source.load(kernels.manager(), name, TorchDtype.FLOAT32)) {
          StoredTensor value = expected.tensor(name).orElseThrow();
          assertThat(found.getShape().getShape()).containsExactly(value.shape());
          assertThat(bits(found.toFloatArray()))
              .as(name)
              .containsExactly(value.data().toArray(ValueLayout.JAVA_INT_UNALIGNED));
        }
      }
    }
  }

  @Test
  void refusesOtherQuantizationsByName(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("model.gguf");
    Files.write(
        path,
        new GgufBytes()
            .header(3, 1, 0)
            .tensor("blk.0.attn_q.weight", 11, 0, 256)
            .align(32)
            .floats(new float[32])
            .toByteArray());
    try (var kernels = Kernels.load(Device.cpu());
        var file = GgufFile.open(path)) {
      assertThatThrownBy(() -> GgufSource.open(path, file, kernels))
          .hasMessageContaining("tensor `blk.0.attn_q.weight` is quantized as Q3_K");
    }
  }

  @Test
  void refusesAPartOfAModel(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("model-00001-of-00003.gguf");
    Files.write(path, new GgufBytes().header(3, 0, 1).key("split.count", 3).toByteArray());
    try (var kernels = Kernels.load(Device.cpu());
        var file = GgufFile.open(path)) {
      assertThatThrownBy(() -> GgufSource.open(path, file, kernels))
          .hasMessage(
              path + ": is one of 3 parts of a model; join them with `llama-gguf-split --merge`");
    }
  }

  /** Floats by their bits: a zero has a sign. */
  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length).map(i -> Float.floatToRawIntBits(values[i])).toArray();
  }
}
