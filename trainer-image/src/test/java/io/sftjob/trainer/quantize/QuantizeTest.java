package io.sftjob.trainer.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.quant.BitsAndBytesSource;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.quant.Quantizer;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.WeightsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizeTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Kernels kernels;
  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    kernels = Kernels.load(Device.cpu());
  }

  @AfterAll
  static void close() {
    kernels.close();
  }

  /** The linears of the layers, and no others, are what the quantizer makes of them. */
  @ParameterizedTest
  @CsvSource({
    "tiny-llama, NF4, 64, true, 14",
    "tiny-llama-sharded, FP4, 128, false, 14",
    "tiny-llama-sharded, Int8, , false, 14",
    "family-chatglm3, NF4, 32, true, 8",
    "family-baichuan-7b-bin, NF4, 4096, false, 10",
    "family-qwen, Int8, , false, 10",
  })
  void writesWhatTheQuantizerMakes(
      String fixture, QuantizationMode mode, Integer block, boolean doubleQuant, int linears)
      throws IOException {
    var config = QuantConfig.of(mode, Optional.ofNullable(block), doubleQuant);
    Path out = quantize(FIXTURES.resolve(fixture), config, 40_000);
    try (var source = BitsAndBytesSource.of(WeightsFolder.open(out, kernels), kernels);
        var base = WeightsFolder.open(FIXTURES.resolve(fixture), kernels);
        NDManager owner = kernels.manager().newSubManager()) {
      assertThat(source.names()).isEqualTo(base.names());
      assertThat(source.quantizedNames()).hasSize(linears);
      for (String name : base.names()) {
        assertThat(source.shape(name)).isEqualTo(base.shape(name));
        var dense = base.load(owner, name, base.dtype(name));
        var expected =
            source.quantizedNames().contains(name)
                ? new Quantizer(kernels, config)
                    .quantize(owner, name, dense, base.dtype(name))
                    .dequantize(kernels, owner, TorchDtype.FLOAT32)
                : kernels.convert(owner, dense, TorchDtype.FLOAT32);
        var found = source.load(owner, name, TorchDtype.FLOAT32);
        assertThat(kernels.bool("equal", found, expected)).as(name).isTrue();
      }
    }
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  /** Names, dtypes and shapes, but for the state's JSON, which is padded. */
  @ParameterizedTest
  @ValueSource(strings = {"quantized-nf4", "quantized-int8"})
  void writesTheTensorsThatTransformersWrites(String fixture) throws IOException {
    boolean nf4 = fixture.endsWith("nf4");
    var config =
        QuantConfig.of(nf4 ? QuantizationMode.NF4 : QuantizationMode.Int8, Optional.empty(), nf4);
    Path out = quantize(FIXTURES.resolve("tiny-llama"), config, 1 << 30);
    var theirs = FIXTURES.resolve(fixture);
    assertThat(firstLayer(out)).isEqualTo(firstLayer(theirs)).hasSize(nf4 ? 44 : 23);
    String theirConfig = json(theirs).path("quantization_config").toString();
    // Their model is bfloat16, ours float32.
    assertThat(json(out).path("quantization_config"))
        .isEqualTo(JSON.readTree(theirConfig.replace("bfloat16", "float32")));
  }

  private static Set<String> firstLayer(Path model) {
    try (var file = SafetensorsFile.open(model.resolve("model.safetensors"))) {
      return file.tensors().stream()
          .filter(tensor -> tensor.name().contains(".layers.0."))
          .map(
              tensor ->
                  tensor.name().contains("norm") || tensor.name().contains("quant_state")
                      ? tensor.name()
                      : "%s %s %s"
                          .formatted(
                              tensor.name(), tensor.dtype(), Arrays.toString(tensor.shape())))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void whatBelongsTogetherStaysInOneShard() throws IOException {
    Path out =
        quantize(
            FIXTURES.resolve("tiny-llama"),
            QuantConfig.of(QuantizationMode.NF4, Optional.empty(), true),
            10_000);
    JsonNode index = JSON.readTree(out.resolve("model.safetensors.index.json").toFile());
    var map = index.path("weight_map");
    map.properties()
        .forEach(
            entry -> {
              String weight = entry.getKey().replaceFirst("\\.weight\\..*", ".weight");
              assertThat(entry.getValue()).isEqualTo(map.path(weight));
            });
    assertThat(out.resolve("generation_config.json"))
        .hasSameBinaryContentAs(FIXTURES.resolve("tiny-llama/generation_config.json"));
    assertThat(json(out).path("hidden_size").asInt()).isEqualTo(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"quantized-nf4", "quantized-int8"})
  void refusesWhatIsQuantizedAlready(String fixture) {
    refused(
        FIXTURES.resolve(fixture),
        fixture
            + " is quantized already: its config.json has `quantization_config` with the method `bitsandbytes`");
  }

  @Test
  void refusesWeightsThatAreQuantizedThoughNothingSaysSo() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(FIXTURES.resolve("quantized-nf4").resolve(file), model.resolve(file));
    }
    var config = (ObjectNode) json(model);
    config.remove("quantization_config");
    JSON.writeValue(model.resolve("config.json").toFile(), config);
    refused(model, "is quantized already: its weights are in bitsandbytes' layout");
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  @ParameterizedTest
  @CsvSource({
    "model.layers.1.mlp.up_proj.weight",
    "model.embed_tokens.weight",
    "model.norm.weight"
  })
  void namesTheTensorThatHoldsNoNumbers(String tensor) throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.copy(FIXTURES.resolve("tiny-llama/config.json"), model.resolve("config.json"));
    List<HostTensor> tensors;
    try (var file = SafetensorsFile.open(FIXTURES.resolve("tiny-llama/model.safetensors"))) {
      tensors = file.copy();
    }
    tensors.stream()
        .filter(t -> t.name().equals(tensor))
        .forEach(t -> t.data().putFloat(t.data().limit() - 4, Float.NaN));
    SafetensorsWriter.write(model.resolve("model.safetensors"), tensors, SafetensorsWriter.PYTORCH);
    refused(model, "tensor `" + tensor + "` holds weights that are infinite or not a number");
    assertThat(folder)
        .isDirectoryNotContaining("glob:**/.*")
        .isDirectoryNotContaining("glob:**/out");
  }

  @Test
  void refusesWhatIsNoCheckpoint() throws IOException {
    refused(folder.resolve("nowhere"), "nowhere does not exist");
    refused(
        Path.of("src/test/resources/fixtures/gguf/tiny-llama.gguf"),
        "A GGUF file is quantized already");
    refused(Files.createDirectory(folder.resolve("empty")), "config.json: no such file");
  }

  @Test
  void aFullFolderIsLeftAlone() throws IOException {
    Files.writeString(Files.createDirectory(folder.resolve("out")).resolve("mine"), "x");
    assertThatThrownBy(
            () -> quantize(FIXTURES.resolve("tiny-llama"), new QuantConfig.Int8(), 1 << 30))
        .hasMessageContaining("out is not empty. Nothing was changed there");
    assertThat(folder.resolve("out/mine")).hasContent("x");
  }

  private void refused(Path model, String message) {
    assertThatThrownBy(() -> quantize(model, new QuantConfig.Int8(), 1 << 30))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContaining(message);
  }

  private Path quantize(Path model, QuantConfig config, long maxShardBytes) {
    Path out = folder.resolve("out");
    Quantize.run(new Quantize.Request(model, out, config, maxShardBytes));
    return out;
  }

  private static JsonNode json(Path model) throws IOException {
    return JSON.readTree(model.resolve("config.json").toFile());
  }
}
