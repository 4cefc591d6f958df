package io.sftjob.trainer.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.quant.QuantizedTensor.FourBit;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizerPropertyTest {
  private static final Kernels KERNELS = Kernels.load(Device.cpu());
  private static final float[] MILLION = normal(1 << 20, 20250213);

  /** The mean errors of weights of N(0, 1) that bitsandbytes' own tests know (test_4bit_quant). */
  @ParameterizedTest
  @CsvSource({
    "NF4, 32, .067746, .189726",
    "NF4, 64, .072798, .203339",
    "NF4, 128, .076831, .215237",
    "NF4, 256, .080337, .226105",
    "NF4, 512, .083547, .236079",
    "NF4, 1024, .086610, .245370",
    "NF4, 2048, .089592, .254163",
    "NF4, 4096, .092547, .262473",
    "FP4, 32, .088925, ",
    "FP4, 64, .096543, .260125",
    "FP4, 128, .102969, ",
    "FP4, 4096, .129536, ",
  })
  void errorsAreThoseThatArePublished(
      QuantizationMode mode, int block, double absolute, Double relative) {
    var error = error(MILLION, QuantConfig.of(mode, Optional.of(block), false));
    // The largest weights of 256 blocks of 4096 vary by half a percent in the mean.
    assertThat(error.absolute).isCloseTo(absolute, withinPercentage(3));
    if (relative != null) {
      assertThat(error.relative).isCloseTo(relative, withinPercentage(3));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 256})
  void doubleQuantizationCostsLittle(int block) {
    var error = error(MILLION, QuantConfig.of(QuantizationMode.NF4, Optional.of(block), true));
    assertThat(error.absolute).isLessThan(.11);
    assertThat(error.relative).isLessThan(.28);
  }

  /** Half a step of 254 from the largest weight down to its negative, and what float16 rounds. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100})
  void int8IsOffByHalfAStepAtMost(int rows) {
    float[] weights = normal(rows * 60, rows);
    float[] found = roundTrip(weights, rows, new QuantConfig.Int8());
    for (int row = 0; row < rows; row++) {
      float largest = 0;
      for (int i = 60 * row; i < 60 * row + 60; i++) {
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      for (int i = 60 * row; i < 60 * row + 60; i++) {
        assertThat(Math.abs(found[i] - weights[i]))
            .isLessThanOrEqualTo(largest * (.5f / 127 + .001f));
      }
    }
  }

  /** In a block, a larger weight never becomes a smaller value. */
  @Property(tries = 60)
  void orderIsKept(
      @ForAll QuantizationMode mode,
      @ForAll @IntRange(min = 1, max = 200) int n,
      @ForAll long seed) {
    float[] weights = normal(n, seed);
    Arrays.sort(weights);
    boolean rows = mode == QuantizationMode.Int8;
    var config = QuantConfig.of(mode, rows ? Optional.empty() : Optional.of(256), false);
    float[] found = roundTrip(weights, 1, config);
    for (int i = 1; i < n; i++) {
      assertThat(found[i]).isGreaterThanOrEqualTo(found[i - 1]);
    }
  }

  /** Also across chunks and in a last block that is not whole. */
  @Property(tries = 60)
  void anySizeComesBackWithItsLargestWeights(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 70) int columns,
      @ForAll boolean doubleQuant,
      @ForAll long seed) {
    float[] weights = normal(rows * columns, seed);
    var config = QuantConfig.of(QuantizationMode.NF4, Optional.of(32), doubleQuant);
    float[] found = roundTrip(weights, rows, config);
    assertThat(found).hasSameSizeAs(weights);
    for (int from = 0; from < weights.length; from += 32) {
      int to = Math.min(from + 32, weights.length);
      float largest = 0;
      float kept = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs(weights[i]));
        kept = Math.max(kept, Math.abs(found[i]));
      }
      // The codes of ±1 are exact; 8 bits of a scale are not.
      assertThat(kept).isCloseTo(largest, within(doubleQuant ? .05f * largest + .05f : 0f));
    }
  }

  /** Halfway between two values: the lower one, of positive and of negative weights. */
  @ParameterizedTest
  @ValueSource(strings = {"NF4", "FP4"})
  void aTieTakesTheLowerValue(Codebook codebook) {
    float[] values = codebook.table();
    Arrays.sort(values);
    for (int i = 1; i < values.length; i++) {
      float midpoint = (values[i - 1] + values[i]) / 2;
      var config = new QuantConfig.FourBit(codebook, 64, false);
      float[] found = roundTrip(new float[] {1, midpoint, Math.nextUp(midpoint)}, 1, config);
      assertThat(found[1]).isEqualTo(values[i - 1]);
      assertThat(found[2]).isEqualTo(values[i]);
    }
  }

  @Property(tries = 20)
  void aChunkMoreChangesNothing(@ForAll @IntRange(min = 0, max = 100) int more, @ForAll long seed) {
    // 65536 weights are quantized at a time, 524288 dequantized.
    int n = 65536 + more;
    float[] weights = normal(n, seed);
    var config = QuantConfig.of(QuantizationMode.NF4, Optional.of(64), false);
    float[] whole = roundTrip(weights, 1, config);
    float[] end = roundTrip(Arrays.copyOfRange(weights, 65536 - 64, n), 1, config);
    assertThat(Arrays.copyOfRange(whole, 65536 - 64, n)).isEqualTo(end);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void namesAWeightThatIsNoNumber(float value) {
    for (QuantizationMode mode : QuantizationMode.values()) {
      var config = QuantConfig.of(mode, Optional.empty(), false);
      refused(
          config, new float[] {1, value, 2}, "tensor `w` holds weights that are infinite or not");
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {65520, -1e30f})
  void namesAWeightThatFloat16CanNotHold(float value) {
    refused(
        new QuantConfig.Int8(), new float[] {1, value}, "tensor `w` holds weights beyond 65504");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -64, 16, 48, 8192})
  void refusesABlockSize(int block) {
    assertThatThrownBy(() -> QuantConfig.of(QuantizationMode.NF4, Optional.of(block), false))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessage(
            "The block size %d is not possible; expected one of [32, 64, 128, 256, 512, 1024, 2048, 4096].",
            block);
  }

  private void refused(QuantConfig config, float[] weights, String message) {
    assertThatThrownBy(() -> roundTrip(weights, 1, config))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContaining(message);
  }

  private record Errors(double absolute, double relative) {}

  private static Errors error(float[] weights, QuantConfig config) {
    float[] found = roundTrip(weights, 128, config);
    double absolute = 0;
    double relative = 0;
    for (int i = 0; i < weights.length; i++) {
      double error = Math.abs(found[i] - weights[i]);
      absolute += error;
      relative += error / (Math.abs(weights[i]) + 1e-8);
    }
    return new Errors(absolute / weights.length, relative / weights.length);
  }

  private static float[] roundTrip(float[] weights, int rows, QuantConfig config) {
    try (NDManager owner = KERNELS.manager().newSubManager()) {
      var bytes = ByteBuffer.allocateDirect(4 * weights.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(weights);
      long[] shape = {rows, weights.length / rows};
      NDArray w = HostMemory.upload(KERNELS, owner, bytes, shape);
      var quantized = new Quantizer(KERNELS, config).quantize(owner, "w", w, TorchDtype.FLOAT32);
      if (quantized instanceof FourBit fourBit) {
        assertThat(fourBit.codes().getShape().getShape())
            .containsExactly((weights.length + 1) / 2, 1);
      }
      return quantized.dequantize(KERNELS, owner, TorchDtype.FLOAT32).toFloatArray();
    }
  }

  private static float[] normal(int n, long seed) {
    var random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
