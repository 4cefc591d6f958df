package io.sftjob.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsSourceTest {
  private static Kernels kernels;
  @TempDir Path folder;

  @BeforeAll
  static void load() {
    kernels = Kernels.load(Device.cpu());
  }

  @AfterAll
  static void close() {
    kernels.close();
  }

  /** Writers pad headers to 8 bytes, but the format does not ask for it. */
  @ParameterizedTest
  @CsvSource({"F32, 0", "F32, 1", "F32, 2", "F16, 0", "F16, 1", "BF16, 0", "BF16, 3"})
  void readsEveryDtypeFromAnyOffset(String dtype, int padding) throws IOException {
    Path path = write("a.safetensors", dtype, padding, 1.5f, -2, 0, 0.25f, 96, -0.5f);
    NDArray found;
    try (var source = SafetensorsSource.open(path, kernels)) {
      assertThat(source.names()).containsExactly("w");
      assertThat(source.shape("w")).containsExactly(2, 3);
      assertThat(source.storedAs("w")).isEqualTo(dtype);
      found = source.load(kernels.manager(), "w", TorchDtype.FLOAT32);
    }
    // Valid although the source is closed: a view holds its mapping.
    assertThat(found.toFloatArray()).containsExactly(1.5f, -2, 0, 0.25f, 96, -0.5f);
    found.close();
  }

  private Path write(String name, String dtype, int padding, float... values) throws IOException {
    int size = values.length * (dtype.equals("F32") ? 4 : 2);
    String json =
        "{\"w\":{\"dtype\":\"%s\",\"shape\":[2,3],\"data_offsets\":[0,%d]}}".formatted(dtype, size);
    json += " ".repeat((8 - json.length() % 8) % 8 + padding);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length() + size).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length()).put(json.getBytes(StandardCharsets.US_ASCII));
    for (float value : values) {
      switch (dtype) {
        case "F32" -> file.putFloat(value);
        case "F16" -> file.putShort(Float.floatToFloat16(value));
        default -> file.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return Files.write(folder.resolve(name), file.array());
  }
}
