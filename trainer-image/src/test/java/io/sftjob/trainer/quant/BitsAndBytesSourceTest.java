package io.sftjob.trainer.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.SafetensorsSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against models that transformers and bitsandbytes wrote. */
class BitsAndBytesSourceTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final String Q = "model.layers.0.self_attn.q_proj.weight";
  private static final String STATE = Q + ".quant_state.bitsandbytes__nf4";
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

  @ParameterizedTest
  @ValueSource(strings = {"quantized-nf4", "quantized-int8"})
  void dequantizesWhatBitsandbytesWrote(String fixture) throws IOException {
    var expected =
        new ObjectMapper()
            .readTree(FIXTURES.resolve(fixture).resolve("expected.json").toFile())
            .path("dequantized");
    assertThat(expected.size()).isEqualTo(7);
    try (var source = open(model(fixture));
        NDManager owner = kernels.manager().newSubManager()) {
      assertThat(source.quantizedNames()).hasSize(7);
      for (var weight : expected.properties()) {
        var quantized = source.quantized(owner, weight.getKey()).orElseThrow();
        assertThat(Bytes.sha256(quantized.dequantize(kernels, owner, TorchDtype.FLOAT32)))
            .as(weight.getKey())
            .isEqualTo(weight.getValue().asText());
        assertThat(Bytes.sha256(source.load(owner, weight.getKey(), TorchDtype.FLOAT32)))
            .isEqualTo(weight.getValue().asText());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"quantized-nf4, BFLOAT16, 3368", "quantized-int8, FLOAT16, 4353"})
  void showsTheTensorsThatTheFilesStandFor(String fixture, TorchDtype dtype, long bytes) {
    try (var source = open(model(fixture));
        NDManager owner = kernels.manager().newSubManager()) {
      assertThat(source.names())
          .contains(Q, "model.norm.weight", "lm_head.weight")
          .hasSize(12)
          .allMatch(name -> name.endsWith(".weight"));
      assertThat(source.shape(Q)).containsExactly(64, 64);
      assertThat(source.dtype(Q)).isEqualTo(dtype);
      assertThat(source.bytes(Q)).isEqualTo(bytes);
      assertThat(source.quantized(owner, "model.norm.weight")).isEmpty();
      assertThat(source.dtype("model.norm.weight")).isEqualTo(TorchDtype.BFLOAT16);
    }
  }

  /** What a file says goes before what we would make. */
  @Test
  void takesTheMapFromTheFile() throws IOException {
    Path changed =
        rewritten(
            "quantized-nf4",
            tensor -> {
              if (tensor.name().equals(Q + ".quant_map")) {
                tensor.data().putFloat(4 * 15, 2f);
              }
              return tensor;
            });
    try (var source = open(changed);
        NDManager owner = kernels.manager().newSubManager();
        var original = open(model("quantized-nf4"))) {
      float before = max(original.load(owner, Q, TorchDtype.FLOAT32));
      assertThat(max(source.load(owner, Q, TorchDtype.FLOAT32))).isEqualTo(2 * before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[64, 64] | [64, 32] | weight` has the dtype UINT8 and shape [2048, 1], while its quantization state says shape [64, 32] and blocks of 64: expected UINT8 and [1024, 1]",
        "[64, 64] | [64] | `shape` is [64]; expected [out, in]",
        "[64, 64] | [64, -64] | `shape` has -64; expected an integer above 0",
        "\"blocksize\": 64 | \"blocksize\": 128 | weight.absmax` has the dtype UINT8 and shape [64], while its quantization state says shape [64, 64] and blocks of 128 with double quantization: expected UINT8 and [32]",
        "\"blocksize\": 64 | \"blocksize\": 48 | `blocksize` is 48; expected one of [32, 64, 128, 256, 512, 1024, 2048, 4096]",
        "\"dtype\": \"bfloat16\" | \"dtype\": \"int8\" | it has the dtype `int8`; expected float32, float16 or bfloat16",
        "\"quant_type\": \"nf4\" | \"quant_type\": \"fp4\" | says that its weight is `fp4`, not what it is named for",
        "\"quant_type\": \"nf4\" | \"quant_type\": \"af4\" | `quant_type` is `af4`; expected nf4 or fp4",
        "\"nested_offset\": | \"nested_offset\": 1e99, \"x\": | it has the unknown fields [x]",
        "\"nested_offset\": | \"offset\": | it has the unknown fields [offset]",
        ", \"nested_dtype\": \"float32\" | '' | it has only [nested_blocksize, nested_offset]",
        "\"nested_dtype\": \"float32\" | \"nested_dtype\": \"float16\" | `nested_dtype` is \"float16\"; expected float32",
        "\"nested_blocksize\": 256 | \"nested_blocksize\": 128 | `nested_blocksize` is 128; expected 256",
        "{ | [ | it is no valid JSON",
      })
  void refusesAStateThatLies(String from, String to, String message) throws IOException {
    refused(
        rewritten(
            "quantized-nf4",
            tensor -> tensor.name().equals(STATE) ? replaced(tensor, from, to) : tensor),
        message);
  }

  @ParameterizedTest
  @CsvSource({
    "quantized-nf4, model.layers.0.self_attn.q_proj.weight.absmax",
    "quantized-nf4, model.layers.0.self_attn.q_proj.weight.quant_map",
    "quantized-nf4, model.layers.0.self_attn.q_proj.weight.nested_absmax",
    "quantized-nf4, model.layers.0.self_attn.q_proj.weight.nested_quant_map",
    "quantized-nf4, model.layers.0.self_attn.q_proj.weight",
    "quantized-int8, model.layers.0.self_attn.q_proj.weight",
  })
  void namesAPartThatIsMissing(String fixture, String name) throws IOException {
    refused(
        rewritten(fixture, tensor -> tensor.name().equals(name) ? null : tensor),
        "tensor `" + name + "` is missing, while ");
  }

  @Test
  void refusesInt8ThatDoesNotFit() throws IOException {
    String scales = "model.layers.0.self_attn.q_proj.SCB";
    refused(
        rewritten(
            "quantized-int8",
            t ->
                t.name().equals(scales)
                    ? new HostTensor(scales, t.dtype(), new long[] {63}, t.data().slice(0, 252))
                    : t),
        "tensor `%s` has the dtype FLOAT32 and shape [63], while its weight is int8 [64, 64]: expected FLOAT32 and [64]"
            .formatted(scales));
    refused(
        rewritten(
            "quantized-int8",
            t -> {
              if (t.name().equals("model.layers.0.self_attn.q_proj.weight_format")) {
                t.data().put(0, (byte) 2);
              }
              return t;
            }),
        "weight_format` is 2, a layout for GPUs; expected 0, row-major");
  }

  @ParameterizedTest
  @CsvSource({
    "quantized-nf4, model.layers.0.self_attn.q_proj.weight.nested_absmax",
    "quantized-int8, model.layers.0.self_attn.q_proj.SCB"
  })
  void refusesScalesThatAreNoNumbers(String fixture, String scales) throws IOException {
    Path broken =
        rewritten(
            fixture,
            t -> {
              if (t.name().equals(scales)) {
                t.data().putFloat(0, Float.NaN);
              }
              return t;
            });
    try (var source = open(broken);
        NDManager owner = kernels.manager().newSubManager()) {
      assertThatThrownBy(() -> source.quantized(owner, Q))
          .hasMessageContaining(scales + "` holds values that are infinite or not a number");
    }
  }

  @Test
  void tellsWhetherACheckpointIsQuantized() {
    for (var fixture : Set.of("quantized-nf4", "quantized-int8")) {
      try (var files = SafetensorsSource.open(model(fixture), kernels)) {
        assertThat(BitsAndBytesSource.isQuantized(files)).isTrue();
      }
    }
    try (var files = SafetensorsSource.open(model("tiny-llama"), kernels)) {
      assertThat(BitsAndBytesSource.isQuantized(files)).isFalse();
    }
  }

  private static void refused(Path file, String message) {
    try (var files = SafetensorsSource.open(file, kernels)) {
      assertThatThrownBy(() -> BitsAndBytesSource.of(files, kernels))
          .isInstanceOfSatisfying(
              TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
          .hasMessageContaining(file.toString())
          .hasMessageContaining(message);
    }
  }

  private static HostTensor replaced(HostTensor json, String from, String to) {
    String text = StandardCharsets.UTF_8.decode(json.data().duplicate()).toString();
    assertThat(text).contains(from);
    byte[] bytes = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
    return new HostTensor(json.name(), Dtype.U8, new long[] {bytes.length}, ByteBuffer.wrap(bytes));
  }

  /** The fixture's model with each tensor changed; null leaves it out. */
  private Path rewritten(String fixture, UnaryOperator<HostTensor> change) throws IOException {
    List<HostTensor> tensors = new ArrayList<>();
    try (var file = SafetensorsFile.open(model(fixture))) {
      for (HostTensor tensor : file.copy()) {
        tensor.data().order(ByteOrder.LITTLE_ENDIAN);
        HostTensor changed = change.apply(tensor);
        if (changed != null) {
          tensors.add(changed);
        }
      }
    }
    Path path = folder.resolve("changed.safetensors");
    SafetensorsWriter.write(path, tensors, SafetensorsWriter.PYTORCH);
    return path;
  }

  private static float max(NDArray tensor) {
    float max = 0;
    for (float value : tensor.toFloatArray()) {
      max = Math.max(max, value);
    }
    return max;
  }

  private static BitsAndBytesSource open(Path path) {
    return BitsAndBytesSource.of(SafetensorsSource.open(path, kernels), kernels);
  }

  private static Path model(String fixture) {
    return FIXTURES.resolve(fixture).resolve("model.safetensors");
  }
}
