package io.sftjob.trainer.quant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.quant.QuantizedTensor.FourBit;
import io.sftjob.trainer.quant.QuantizedTensor.Int8;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.SafetensorsSource;
import io.sftjob.trainer.weights.TensorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against digests of what bitsandbytes makes of the same tensors on the CPU. */
class QuantizerParityTest {
  private static final Path FIXTURE = Path.of("src/test/resources/fixtures/quantized");
  private static final Map<String, TorchDtype> DTYPES =
      Map.of(
          "float32", TorchDtype.FLOAT32,
          "bfloat16", TorchDtype.BFLOAT16,
          "float16", TorchDtype.FLOAT16);
  private static Kernels kernels;
  private static TensorSource inputs;

  record Case(String tensor, String dtype, JsonNode expected) {
    @Override
    public String toString() {
      return tensor + " in " + dtype;
    }
  }

  @BeforeAll
  static void load() {
    kernels = Kernels.load(Device.cpu());
    inputs = SafetensorsSource.open(FIXTURE.resolve("inputs.safetensors"), kernels);
  }

  @AfterAll
  static void close() {
    inputs.close();
    kernels.close();
  }

  static Stream<Case> cases() throws IOException {
    var cases = new ArrayList<Case>();
    for (var tensor : json("answers.json").properties()) {
      for (var dtype : tensor.getValue().properties()) {
        cases.add(new Case(tensor.getKey(), dtype.getKey(), dtype.getValue()));
      }
    }
    assertThat(cases).hasSize(33);
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fourBitsAreBitsandbytes(Case c) {
    for (QuantizationMode mode : List.of(QuantizationMode.NF4, QuantizationMode.FP4)) {
      JsonNode byBlock = c.expected.path(mode.name().toLowerCase(Locale.ROOT));
      assertThat(byBlock.size()).isGreaterThanOrEqualTo(3);
      byBlock
          .properties()
          .forEach(block -> fourBits(c, mode, Integer.parseInt(block.getKey()), block.getValue()));
    }
  }

  private void fourBits(Case c, QuantizationMode mode, int block, JsonNode expected) {
    try (NDManager owner = kernels.manager().newSubManager()) {
      String what = "%s, %s, blocks of %d".formatted(c, mode, block);
      var plain = (FourBit) quantized(owner, c, QuantConfig.of(mode, Optional.of(block), false));
      var nested = (FourBit) quantized(owner, c, QuantConfig.of(mode, Optional.of(block), true));
      TorchDtype dtype = DTYPES.get(c.dtype);
      assertThat(Bytes.sha256(plain.codes())).as(what).isEqualTo(expected.path("codes").asText());
      assertThat(Bytes.sha256(nested.codes())).as(what).isEqualTo(expected.path("codes").asText());
      assertThat(Bytes.sha256(plain.absmax())).as(what).isEqualTo(expected.path("absmax").asText());
      var statistics = nested.nested().orElseThrow();
      assertThat(Bytes.sha256(nested.absmax(), statistics.absmax(), statistics.offset()))
          .as(what)
          .isEqualTo(expected.path("nested").asText());
      assertThat(Bytes.sha256(plain.dequantize(kernels, owner, dtype)))
          .as(what)
          .isEqualTo(expected.path("dequantized").asText());
      assertThat(Bytes.sha256(nested.dequantize(kernels, owner, dtype)))
          .as(what)
          .isEqualTo(expected.path("dequantizedNested").asText());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void int8IsBitsandbytes(Case c) {
    try (NDManager owner = kernels.manager().newSubManager()) {
      var int8 = (Int8) quantized(owner, c, new QuantConfig.Int8());
      JsonNode expected = c.expected.path("int8");
      assertThat(Bytes.sha256(int8.codes())).isEqualTo(expected.path("codes").asText());
      assertThat(Bytes.sha256(int8.scales())).isEqualTo(expected.path("scales").asText());
      assertThat(Bytes.sha256(int8.dequantize(kernels, owner, DTYPES.get(c.dtype))))
          .isEqualTo(expected.path("dequantized").asText());
    }
  }

  /**
   * Its dequantize goes wrong only where a row is not whole blocks, and where bfloat16 would be
   * subnormal: the processor's instruction for that cast makes it 0.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void theLibraryAgreesWithTheFormulaWhereARowIsWholeBlocks(Case c) {
    long row = inputs.shape(c.tensor)[1];
    for (String kind : List.of("nf4", "fp4")) {
      for (var block : c.expected.path(kind).properties()) {
        boolean wholeBlocks = row % Integer.parseInt(block.getKey()) == 0;
        if (wholeBlocks && !c.toString().equals("subnormal in bfloat16")) {
          assertThat(block.getValue().path("libraryAgrees").booleanValue()).isTrue();
        }
      }
    }
  }

  @Test
  void theMapsAreBitsandbytes() throws IOException {
    JsonNode expected = json("maps.json");
    try (NDManager owner = kernels.manager().newSubManager()) {
      var one = new Case("one", "float32", null);
      for (QuantizationMode mode : List.of(QuantizationMode.NF4, QuantizationMode.FP4)) {
        var q = (FourBit) quantized(owner, one, QuantConfig.of(mode, Optional.empty(), true));
        assertThat(Bytes.sha256(q.map())).isEqualTo(expected.path(q.codebook().key()).asText());
        assertThat(Bytes.sha256(q.nested().orElseThrow().map()))
            .isEqualTo(expected.path("dynamic").asText());
      }
    }
  }

  private static QuantizedTensor quantized(NDManager owner, Case c, QuantConfig config) {
    TorchDtype dtype = DTYPES.get(c.dtype);
    return new Quantizer(kernels, config)
        .quantize(owner, c.tensor, inputs.load(owner, c.tensor, dtype), dtype);
  }

  private static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(FIXTURE.resolve(file).toFile());
  }
}
