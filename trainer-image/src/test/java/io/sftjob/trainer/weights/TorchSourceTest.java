package io.sftjob.trainer.weights;

import static io.sftjob.trainer.torch.TorchDtype.BFLOAT16;
import static io.sftjob.trainer.torch.TorchDtype.FLOAT16;
import static io.sftjob.trainer.torch.TorchDtype.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.pickle.PickleBytes;
import io.sftjob.trainer.pickle.RawZip;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.StoredTensor;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchSourceTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures/torch-bin");
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

  /** Views, strides, ties and scalars, as torch itself reads them. */
  @ParameterizedTest
  @CsvSource({
    "pytorch_model.bin, single",
    "state_dict.bin, state_dict",
    "parameters.bin, state_dict",
    "protocol4.bin, state_dict"
  })
  void readsTheValuesThatTorchSaved(String name, String values) {
    try (var source = TorchSource.open(FIXTURES.resolve(name), kernels)) {
      assertHolds(source, values);
    }
  }

  @Test
  void readsShardsThatTorchSaved() {
    try (var source = WeightsFolder.open(FIXTURES.resolve("sharded"), kernels)) {
      assertHolds(source, "single");
    }
  }

  private static void assertHolds(TensorSource source, String values) {
    try (var expected = SafetensorsFile.open(FIXTURES.resolve(values + ".safetensors"))) {
      assertThat(source.names())
          .containsExactlyInAnyOrderElementsOf(
              expected.tensors().stream().map(StoredTensor::name).toList());
      for (StoredTensor tensor : expected.tensors()) {
        String name = tensor.name();
        assertThat(source.shape(name)).as(name).containsExactly(tensor.shape());
        assertThat(source.bytes(name)).as(name).isEqualTo(tensor.data().byteSize());
        assertThat(source.storedAs(name)).as(name).isEqualTo(tensor.dtype().name());
        switch (tensor.dtype()) {
          case F32 -> assertThat(bytes(source, name, FLOAT32)).as(name).isEqualTo(bytes(tensor));
          case F16 -> assertThat(bytes(source, name, FLOAT16)).as(name).isEqualTo(bytes(tensor));
          case BF16 -> assertThat(bytes(source, name, BFLOAT16)).as(name).isEqualTo(bytes(tensor));
          default ->
              assertThatThrownBy(() -> source.load(kernels.manager(), name, FLOAT32))
                  .isInstanceOfSatisfying(
                      TrainerException.class,
                      e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
                  .hasMessageContaining("tensor `%s` has the dtype".formatted(name))
                  .hasMessageContaining("expected F32, F16 or BF16");
        }
      }
    }
  }

  private static byte[] bytes(TensorSource source, String name, TorchDtype dtype) {
    try (NDArray found = source.load(kernels.manager(), name, dtype)) {
      ByteBuffer data = found.toByteBuffer();
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      return bytes;
    }
  }

  private static byte[] bytes(StoredTensor tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void aTensorOutlivesItsSource() {
    NDArray found;
    try (var source = TorchSource.open(FIXTURES.resolve("pytorch_model.bin"), kernels)) {
      found = source.load(kernels.manager(), "scalar", FLOAT32);
    }
    assertThat(found.toFloatArray()).containsExactly(0.25f);
    found.close();
  }

  /** Zip tools that write an archive again do not align. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void readsStoragesAtAnyByte(int shift) throws IOException {
    Path path = folder.resolve("shifted.bin");
    byte[] pickle =
        new PickleBytes()
            .op('}')
            .text("w")
            .tensor("FloatStorage", "0", 4, 1, new long[] {3}, new long[] {1})
            .op('s')
            .stop();
    try (RawZip zip = RawZip.create(path, shift)) {
      zip.entry("a/data.pkl", pickle).entry("a/data/0", floats(7, 1, -2, 0.5f));
    }
    try (var source = TorchSource.open(path, kernels)) {
      assertThat(floats(source, "w")).containsExactly(1, -2, 0.5f);
    }
  }

  /** The last of 5 GiB, in a file that is almost all hole. */
  @Test
  void readsBeyondFourGiB() throws IOException {
    long elements = 5L << 28;
    Path path = folder.resolve("huge.bin");
    byte[] pickle =
        new PickleBytes()
            .op('}', '(')
            .text("end")
            .tensor("FloatStorage", "0", elements, elements - 2, new long[] {2}, new long[] {1})
            .text("behind")
            .tensor("FloatStorage", "1", 2, 0, new long[] {2}, new long[] {1})
            .op('u')
            .stop();
    try (RawZip zip = RawZip.create(path)) {
      zip.hole("a/data/0", 4 * elements).entry("a/data/1", floats(3, -4));
      zip.entry("a/data.pkl", pickle);
    }
    try (var source = TorchSource.open(path, kernels)) {
      assertThat(floats(source, "end")).containsExactly(0, 0);
      assertThat(floats(source, "behind")).containsExactly(3, -4);
    }
  }

  private static float[] floats(TensorSource source, String name) {
    try (NDArray found = source.load(kernels.manager(), name, FLOAT32)) {
      return found.toFloatArray();
    }
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
