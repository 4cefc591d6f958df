package io.sftjob.trainer.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.lora.AdapterPlan;
import io.sftjob.trainer.quant.Codebook;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class MemoryEstimateTest {
  @Test
  void weightsInTheJobsDtypeStayInTheFile() {
    var model = Shapes.stored(Shapes.small(), TorchDtype.FLOAT32);
    // Embedding and head 2 · 10 · 8; a layer 4 · 8 · 8 + 3 · 8 · 16 and two norms of 8; the last
    // norm.
    long weights = 160 + 2 * (256 + 384 + 16) + 8;
    assertThat(WeightBytes.of(model, Shapes.work(TorchDtype.FLOAT32, 1, 4, true)))
        .isEqualTo(new WeightBytes(0, 4 * weights, 0, 0));
    assertThat(WeightBytes.of(model, Shapes.work(TorchDtype.BFLOAT16, 1, 4, true)))
        .isEqualTo(new WeightBytes(2 * weights, 0, 4 * weights, 0));
  }

  @Test
  void quantizedWeights() {
    var nf4 = new QuantConfig.FourBit(Codebook.NF4, 64, false);
    var nested = new QuantConfig.FourBit(Codebook.NF4, 64, true);
    long n = 4096L * 4096;
    long codebook = 4 * (16 + 512);
    assertThat(QuantizedBytes.of(nf4, 4096, 4096)).isEqualTo(n / 2 + 4 * (n / 64) + codebook);
    assertThat(QuantizedBytes.of(nested, 4096, 4096))
        .isEqualTo(n / 2 + n / 64 + 4 * (n / 64 / 256) + codebook + 4 * 257);
    // An odd number of weights, the last block of them alone.
    assertThat(QuantizedBytes.of(nf4, 13, 5)).isEqualTo(33 + 8 + codebook);
    assertThat(QuantizedBytes.of(new QuantConfig.Int8(), 10, 6)).isEqualTo(60 + 40);
  }

  @Test
  void onlyTheLinearsOfLayersAreQuantized() {
    var config = new QuantConfig.FourBit(Codebook.FP4, 32, false);
    var work = new Workload(TorchDtype.FLOAT32, Optional.of(config), false, 1, 4, true, false);
    var weights = WeightBytes.of(Shapes.stored(Shapes.small(), TorchDtype.FLOAT32), work);
    assertThat(weights.mapped()).isEqualTo(4 * (160 + 2 * 16 + 8));
    assertThat(weights.resident())
        .isEqualTo(
            2 * (4 * QuantizedBytes.of(config, 8, 8) + 3 * QuantizedBytes.of(config, 16, 8)));
    assertThat(weights.largest()).isEqualTo(4 * 16 * 8);
  }

  @Test
  void anAdapterTakesSixteenBytesAParameterAndFourForItsStart() {
    var lines = Shapes.estimate(Shapes.small(), Shapes.work(TorchDtype.FLOAT32, 1, 4, true), 2);
    // Rank 2: four modules 8 → 8 and three between 8 and 16, in two layers.
    long parameters = 2 * 2 * (4 * 16 + 3 * 24);
    assertThat(bytes(lines, "adapter")).isEqualTo(16 * parameters);
    assertThat(bytes(lines, "adapter's start")).isEqualTo(4 * parameters);
  }

  @Test
  void withoutCheckpointingEveryLayerKeepsItsActivations() {
    var spec = Shapes.small();
    var work = Shapes.work(TorchDtype.FLOAT32, 1, 4, false);
    var adapter = Shapes.adapter(spec, 2);
    // T = 4: two inputs of norms; q, k, v, output and a number per head; three of the MLP; inputs
    // of
    // the four groups of modules and seven times T · r.
    long layer = 4 * (2 * 4 * 8 + 4 * 4 * 8 + 4 * 2 + 3 * 4 * 16 + 4 * (3 * 8 + 16) + 7 * 4 * 2);
    assertThat(new LayerBytes(spec, work, adapter, 0).kept()).isEqualTo(layer);
    assertThat(new ActivationBytes(spec, work, adapter).kept())
        .isEqualTo(2 * layer + 4 * 4 * 8 + LayerBytes.shared(spec, work));
  }

  /** PyTorch 2.7.1's saved tensors of this layer, counted by saved_tensors_hooks: 26.787 MiB. */
  @Test
  void aLayerKeepsWhatAutogradKeeps() {
    var spec = Shapes.smolLm2();
    var work = Shapes.work(TorchDtype.BFLOAT16, 4, 256, false);
    double kept = new LayerBytes(spec, work, Shapes.adapter(spec, 16), 0).kept();
    assertThat(kept / (1 << 20)).isCloseTo(26.787, Percentage.withPercentage(1));
  }

  @Test
  void layersBelowTheLowestAdapterKeepNothing() {
    var spec = Shapes.small();
    var work = Shapes.work(TorchDtype.FLOAT32, 1, 4, false);
    var upper = new AdapterPlan(Shapes.adapter(spec, 2).of(1), false, false, 0);
    assertThat(new ActivationBytes(spec, work, upper).kept())
        .isLessThan(new ActivationBytes(spec, work, Shapes.adapter(spec, 2)).kept());
  }

  @Test
  void neededLeavesThePagesOfFilesOut() {
    var estimate = Shapes.estimate(Shapes.small(), Shapes.work(TorchDtype.FLOAT32, 1, 4, true), 2);
    assertThat(estimate.peak() - estimate.needed())
        .isEqualTo(bytes(estimate, "weights in the file") + bytes(estimate, "loading from files"));
  }

  @Property(tries = 200)
  void growsWithBatchLengthAndRank(
      @ForAll @IntRange(min = 1, max = 16) int batchSize,
      @ForAll @IntRange(min = 1, max = 4096) int length,
      @ForAll @IntRange(min = 1, max = 128) int rank,
      @ForAll boolean checkpointing,
      @ForAll boolean wide) {
    TorchDtype dtype = wide ? TorchDtype.FLOAT32 : TorchDtype.BFLOAT16;
    long here = peak(dtype, batchSize, length, checkpointing, rank);
    assertThat(peak(dtype, batchSize + 1, length, checkpointing, rank)).isGreaterThan(here);
    assertThat(peak(dtype, batchSize, length + 1, checkpointing, rank)).isGreaterThan(here);
    assertThat(peak(dtype, batchSize, length, checkpointing, rank + 1)).isGreaterThan(here);
  }

  /** With checkpoints beside the steps; else a snapshot may be larger than what steps need. */
  private static long peak(
      TorchDtype dtype, int batch, int length, boolean checkpointing, int rank) {
    var work = new Workload(dtype, Optional.empty(), false, batch, length, checkpointing, true);
    return Shapes.estimate(Shapes.smolLm2(), work, rank).peak();
  }

  private static long bytes(MemoryEstimate estimate, String what) {
    return estimate.lines().stream()
        .filter(line -> line.what().equals(what))
        .mapToLong(MemoryEstimate.Line::bytes)
        .sum();
  }
}
