package io.sftjob.trainer.train;

import static io.sftjob.trainer.model.Relative.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Dequantized;
import io.sftjob.trainer.model.FamilyFixtures;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.model.FrozenWeights;
import io.sftjob.trainer.quant.Codebook;
import io.sftjob.trainer.quant.QuantConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters on quantized weights, in every family and format. */
class QuantizedTest {
  @TempDir Path folder;

  static Stream<Arguments> matrix() {
    List<QuantConfig> formats =
        List.of(
            new QuantConfig.FourBit(Codebook.NF4, 64, false),
            new QuantConfig.FourBit(Codebook.NF4, 64, true),
            new QuantConfig.FourBit(Codebook.FP4, 128, true),
            new QuantConfig.Int8());
    return FamilyFixtures.names()
        .flatMap(family -> formats.stream().map(format -> Arguments.of(family, format)));
  }

  /**
   * The gradients are those of a dense model whose weights are the dequantized ones, to the bit the
   * same with gradient checkpointing and without.
   */
  @ParameterizedTest
  @MethodSource("matrix")
  void gradientsAreThoseOfTheDequantizedModel(String family, QuantConfig format)
      throws IOException {
    var fixture = Fixture.of(family);
    try (var quantized = fixture.load(ModelDtype.Float32, format);
        var dense = Dequantized.load(fixture.folder(), format, folder);
        var found = adapter(fixture, quantized);
        var kept = adapter(fixture, quantized);
        var expected = adapter(fixture, dense)) {
      TokenBatch batch = TokenBatch.of(List.of(new PackedRow(fixture.documents("all"))));
      double loss = new Backprop(quantized.decoder(), found, true).add(batch, 1, 0);
      assertThat(new Backprop(quantized.decoder(), kept, false).add(batch, 1, 0)).isEqualTo(loss);
      double denseLoss = new Backprop(dense.decoder(), expected, true).add(batch, 1, 0);
      assertThat(loss).isCloseTo(denseLoss, Offset.offset(1e-5 * denseLoss));
      for (int i = 0; i < found.names().size(); i++) {
        try (NDArray one = found.parameters().get(i).getGradient();
            NDArray same = kept.parameters().get(i).getGradient();
            NDArray other = expected.parameters().get(i).getGradient()) {
          assertThat(same.toFloatArray()).isEqualTo(one.toFloatArray());
          assertClose(found.names().get(i), one.toFloatArray(), other.toFloatArray(), 1e-5);
        }
      }
    }
  }

  static Stream<Arguments> rounded() {
    return matrix()
        .flatMap(
            row ->
                Stream.of(ModelDtype.BFloat16, ModelDtype.Float16)
                    .flatMap(
                        dtype ->
                            Stream.of(true, false)
                                .map(
                                    checkpointing ->
                                        Arguments.of(
                                            row.get()[0], row.get()[1], dtype, checkpointing))));
  }

  @ParameterizedTest
  @MethodSource("rounded")
  void trains(String family, QuantConfig format, ModelDtype dtype, boolean checkpointing) {
    try (var model = Fixture.of(family).load(dtype, format)) {
      String before = FrozenWeights.sha256(model);
      List<PackedRow> rows = TinyRun.rows(4, model.spec().vocabSize(), 3);
      var losses = new ArrayList<Double>();
      try (var session =
          TrainingSessions.start(
              model,
              TinyRun.LORA,
              TinyRun.settings(6, checkpointing),
              rows,
              rows,
              Optional.empty())) {
        losses.add(session.evaluate(() -> false).orElseThrow().loss());
        while (session.step() < 6) {
          session.next(() -> false).orElseThrow();
        }
        losses.add(session.evaluate(() -> false).orElseThrow().loss());
      }
      assertThat(losses.get(1)).isLessThan(losses.get(0));
      assertThat(FrozenWeights.sha256(model)).isEqualTo(before);
    }
  }

  private static LoraAdapter adapter(Fixture fixture, CausalLm model) {
    var saved = PeftFiles.read(fixture.folder().resolve("adapter"));
    return LoraAdapter.of(
        "fixture", saved.config(), model.spec(), model.kernels(), saved.tensors());
  }
}
