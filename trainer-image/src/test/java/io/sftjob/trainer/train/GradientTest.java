package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientTest {
  private static final List<PackedRow> ROWS = TinyRun.rows(4, 512, 9);
  @AutoClose private static CausalLm model = Fixture.of("tiny-llama").load(ModelDtype.Float32);

  @ParameterizedTest
  @CsvSource({"BFloat16, 1", "Float16, 1024"})
  void roundedGradientsPointTheSameWay(ModelDtype dtype, double scale) {
    TokenBatch batch = TokenBatch.of(ROWS);
    float[] exact = gradients(config(0), 0, batch, 1);
    try (var rounded = Fixture.of("tiny-llama").load(dtype);
        var adapter = adapter(rounded, config(0))) {
      new Backprop(rounded.decoder(), adapter, true).add(batch, 1 / scale, 0);
      float[] found = flat(adapter);
      double dot = 0;
      double foundSquare = 0;
      double exactSquare = 0;
      for (int i = 0; i < exact.length; i++) {
        dot += found[i] * exact[i];
        foundSquare += (double) found[i] * found[i];
        exactSquare += exact[i] * exact[i];
      }
      assertThat(dot / Math.sqrt(foundSquare * exactSquare)).isGreaterThan(0.999);
      assertThat(foundSquare / (scale * scale) / exactSquare)
          .isCloseTo(1, Percentage.withPercentage(2));
    }
  }

  /** The complaint about other trainers: 1 × 4 and 4 × 1 rows must be the same step. */
  @Test
  void accumulationIsTheSameAsALargerBatch() {
    TokenBatch whole = TokenBatch.of(ROWS);
    double divisor = whole.targets().length;
    float[] together = gradients(config(0), 0, whole, divisor);
    try (var adapter = adapter(config(0))) {
      var backprop = new Backprop(model.decoder(), adapter, true);
      for (PackedRow row : ROWS) {
        backprop.add(TokenBatch.of(List.of(row)), divisor, 0);
      }
      assertThat(flat(adapter)).containsExactly(together, Offset.offset(1e-6f));
    }
  }

  @Test
  void dropoutFollowsItsSeed() {
    TokenBatch batch = TokenBatch.of(ROWS);
    float[] first = gradients(config(0.5), 1, batch, 1);
    assertThat(gradients(config(0.5), 1, batch, 1)).isEqualTo(first);
    assertThat(gradients(config(0.5), 2, batch, 1)).isNotEqualTo(first);
    assertThat(gradients(config(0), 1, batch, 1)).isNotEqualTo(first);
  }

  /**
   * A mask keeps an input with probability 1 - p and divides it by that: right on average. The
   * adapter's part is small, as what it does to the loss is not linear.
   */
  @Test
  void dropoutKeepsTheExpectedGradient() {
    TokenBatch batch = TokenBatch.of(ROWS);
    float[] expected = gradients(small(0), 0, batch, 1);
    double dot = 0;
    double square = 0;
    for (int seed = 0; seed < 40; seed++) {
      float[] found = gradients(small(0.3), seed, batch, 1);
      for (int i = 0; i < found.length; i++) {
        dot += found[i] * expected[i];
        square += expected[i] * expected[i];
      }
    }
    assertThat(dot / square).isCloseTo(1, Percentage.withPercentage(3));
  }

  @Test
  void evaluationHasNoDropout() {
    try (var with = adapter(config(0.9));
        var without = adapter(config(0))) {
      TokenBatch batch = TokenBatch.of(ROWS);
      assertThat(new Backprop(model.decoder(), with, true).loss(batch))
          .isEqualTo(new Backprop(model.decoder(), without, true).loss(batch));
    }
  }

  /** Only layer 1 has an adapter: nothing is sent below it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAdapterInTheUpperLayerAlone(boolean checkpointing) {
    TokenBatch batch = TokenBatch.of(ROWS);
    var config = new LoraConfig(4, 8, 0, List.of("layers.1.mlp.up_proj"), false);
    try (var adapter = LoraAdapter.initial(config, model.decoder(), 1)) {
      double loss = new Backprop(model.decoder(), adapter, checkpointing).add(batch, 1, 0);
      assertThat(loss)
          .isCloseTo(
              new Backprop(model.decoder(), adapter, checkpointing).loss(batch),
              Offset.offset(1e-3));
      // A's gradient is zero as B is; B's is not.
      try (NDArray a = adapter.parameters().get(0).getGradient();
          NDArray b = adapter.parameters().get(1).getGradient()) {
        assertThat(a.toFloatArray()).containsOnly(0);
        assertThat(b.toFloatArray()).doesNotContain(0);
      }
    }
  }

  private static LoraConfig config(double dropout) {
    return new LoraConfig(4, 8, dropout, List.of("AllLinear"), false);
  }

  private static LoraConfig small(double dropout) {
    return new LoraConfig(4, 1, dropout, List.of("AllLinear"), false);
  }

  private static float[] gradients(LoraConfig config, long seed, TokenBatch batch, double divisor) {
    try (var adapter = adapter(config)) {
      new Backprop(model.decoder(), adapter, true).add(batch, divisor, seed);
      return flat(adapter);
    }
  }

  private static LoraAdapter adapter(LoraConfig config) {
    return adapter(model, config);
  }

  private static LoraAdapter adapter(CausalLm model, LoraConfig config) {
    var saved = PeftFiles.read(Fixture.of("tiny-llama").folder().resolve("adapter"));
    return LoraAdapter.of("fixture", config, model.spec(), model.kernels(), saved.tensors());
  }

  private static float[] flat(LoraAdapter adapter) {
    var all = new ArrayList<Float>();
    for (NDArray parameter : adapter.parameters()) {
      try (NDArray gradient = parameter.getGradient()) {
        for (float value : gradient.toFloatArray()) {
          all.add(value);
        }
      }
    }
    float[] flat = new float[all.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = all.get(i);
    }
    return flat;
  }
}
