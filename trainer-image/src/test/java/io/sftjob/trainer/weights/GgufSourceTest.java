package io.sftjob.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.sftjob.trainer.gguf.GgufBytes;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
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
      assertThat(source.names())
          .containsExactlyInAnyOrder(
              "q4_1.weight", "q8_0.weight", "f16.weight", "bf16.weight", "f32.weight");
      for (String name : source.names()) {
        try (NDArray found = source.load(kernels.manager(), name, TorchDtype.FLOAT32)) {
          assertThat(found.getShape().getShape()).containsExactly(4, 64);
          assertThat(found.toFloatArray())
              .as(name)
              .containsExactly(
                  expected
                      .tensor(name)
                      .orElseThrow()
                      .data()
                      .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
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
            .tensor("blk.0.attn_q.weight", 14, 0, 256)
            .align(32)
            .floats(new float[64])
            .toByteArray());
    try (var kernels = Kernels.load(Device.cpu());
        var file = GgufFile.open(path)) {
      assertThatThrownBy(() -> GgufSource.open(path, file, kernels))
          .hasMessageContaining("tensor `blk.0.attn_q.weight` is quantized as Q6_K");
    }
  }
}
