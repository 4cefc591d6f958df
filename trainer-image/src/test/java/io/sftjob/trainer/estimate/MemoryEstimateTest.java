package io.sftjob.trainer.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.estimate.MemoryEstimate.Part;
import io.sftjob.trainer.estimate.MemoryEstimate.Place;
import io.sftjob.trainer.estimate.StoredModel.Form;
import io.sftjob.trainer.estimate.StoredModel.Tensor;
import io.sftjob.trainer.quant.Codebook;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Optional;
import java.util.TreeMap;
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
    var model = Shapes.stored(Shapes.small(), TorchDtype.FLOAT32);
    var work = quantizing(TorchDtype.FLOAT32, config);
    var weights = WeightBytes.of(model, work);
    long linears = 2 * (4 * QuantizedBytes.of(config, 8, 8) + 3 * QuantizedBytes.of(config, 16, 8));
    assertThat(weights.mapped()).isEqualTo(4 * (160 + 2 * 16 + 8));
    assertThat(weights.resident()).isEqualTo(linears + 4 * 8 * 16);
    // In the dtype of computation a weight is quantized from where it lies.
    assertThat(weights.dense()).isZero();
    assertThat(weights.read()).isEqualTo(4 * 16 * 8);
    assertThat(WeightBytes.of(model, quantizing(TorchDtype.BFLOAT16, config)).dense())
        .isEqualTo(2 * 16 * 8);
  }

  @Test
  void aQuantizedCheckpointStaysInItsFileAndHasScratchForOneDenseWeight() {
    var spec = Shapes.small();
    var dense = Shapes.stored(spec, TorchDtype.BFLOAT16);
    var tensors = new TreeMap<>(dense.tensors());
    dense
        .linears()
        .forEach(
            name ->
                tensors.computeIfPresent(
                    name, (n, t) -> new Tensor(t.shape(), t.dtype(), 100, Form.Quantized)));
    var quantized = new StoredModel(spec, tensors);
    var work = Shapes.work(TorchDtype.BFLOAT16, 1, 4, true);
    assertThat(WeightBytes.of(quantized, work).mapped())
        .isEqualTo(2 * (160 + 2 * 16 + 8) + 14 * 100);
    assertThat(WeightBytes.of(quantized, work).resident()).isEqualTo(2 * 8 * 16);
  }

  @Test
  void anAdapterTakesSixteenBytesAParameterAndFourForItsStart() {
    var estimate = Shapes.estimate(Shapes.small(), Shapes.work(TorchDtype.FLOAT32, 1, 4, true), 2);
    // Rank 2: four modules 8 → 8 and three between 8 and 16, in two layers.
    long parameters = 2 * 2 * (4 * 16 + 3 * 24);
    assertThat(estimate.of(Part.Adapters)).isEqualTo(12 * parameters);
    assertThat(estimate.of(Part.Optimizer)).isEqualTo(8 * parameters);
  }

  @Test
  void withoutCheckpointingEveryLayerKeepsWhatItsLinearsGave() {
    var spec = Shapes.small();
    var adapter = Shapes.adapter(spec, 2);
    var kept = Shapes.work(TorchDtype.FLOAT32, 1, 4, false);
    var again = Shapes.work(TorchDtype.FLOAT32, 1, 4, true);
    // q, k, v and o of 8, gate and up of 16, for T = 4.
    long layer = 4 * 4 * (4 * 8 + 2 * 16);
    assertThat(new LayerBytes(spec, kept, adapter, 0).outputs()).isEqualTo(layer);
    assertThat(
            new ActivationBytes(spec, kept, adapter).kept()
                - new ActivationBytes(spec, again, adapter).kept())
        .isEqualTo(2 * layer);
    assertThat(
            new ActivationBytes(spec, again, adapter).layer()
                - new ActivationBytes(spec, kept, adapter).layer())
        .isEqualTo(layer);
  }

  @Test
  void aPeakIsWhatLiesInMemoryAndInFiles() {
    var estimate = Shapes.estimate(Shapes.small(), Shapes.work(TorchDtype.FLOAT32, 1, 4, true), 2);
    assertThat(estimate.sum(Place.File)).isEqualTo(estimate.of(Part.Weights)).isPositive();
    assertThat(estimate.peak())
        .isEqualTo(estimate.sum(Place.Memory) + estimate.sum(Place.File))
        .isEqualTo(estimate.lines().stream().mapToLong(MemoryEstimate.Line::bytes).sum());
  }

  @Test
  void onAGpuOnlyTheProcessAndWhatPassesThroughItLiesInMemory() {
    var spec = Shapes.small();
    var cpu = Shapes.work(TorchDtype.BFLOAT16, 1, 4, true);
    var work =
        new Workload(
            cpu.dtype(), cpu.quantization(), true, cpu.batch(), cpu.checkpointing(), false, 128);
    var estimate = Shapes.estimate(spec, work, 2);
    long parameters = 2 * 2 * (4 * 16 + 3 * 24);
    assertThat(estimate.sum(Place.Gpu))
        .isEqualTo(
            estimate.of(Part.Weights)
                + 16 * parameters
                + estimate.of(Part.Activations)
                + estimate.of(Part.Head));
  }

  /** A refusal rests on it: whatever the data are, the job takes so much. */
  @Property(tries = 200)
  void theLeastIsNeverAboveTheEstimate(
      @ForAll @IntRange(min = 1, max = 16) int batchSize,
      @ForAll @IntRange(min = 1, max = 4096) int length,
      @ForAll @IntRange(min = 1, max = 128) int rank,
      @ForAll boolean checkpointing,
      @ForAll boolean quantized) {
    var spec = Shapes.smolLm2();
    var model = Shapes.stored(spec, TorchDtype.FLOAT32);
    var work =
        Shapes.work(
            TorchDtype.BFLOAT16,
            quantized ? Optional.of(new QuantConfig.Int8()) : Optional.empty(),
            Batch.full(batchSize, length),
            checkpointing);
    var adapter = Shapes.adapter(spec, rank);
    var process = new ProcessBytes(1000, 100, 10);
    long least = MemoryEstimate.least(model, work.with(Batch.NONE), adapter, process);
    assertThat(least)
        .isGreaterThan(WeightBytes.of(model, work).resident())
        .isLessThan(MemoryEstimate.of(model, work, adapter, process, 0).sum(Place.Memory));
  }

  /**
   * bench/qlora-7b.sh measured 5,502 MiB (bench/README.md); the process is that of bench/estimate.
   */
  @Test
  void llama2Of7BInFourBits() {
    var spec = Shapes.llama2();
    var config = new QuantConfig.FourBit(Codebook.NF4, 64, true);
    var work = Shapes.work(TorchDtype.BFLOAT16, Optional.of(config), Batch.full(1, 512), true);
    var process = new ProcessBytes(300L << 20, 80L << 20, 64L << 20);
    var estimate =
        MemoryEstimate.of(
            Shapes.stored(spec, TorchDtype.BFLOAT16),
            work,
            Shapes.adapter(spec, 16),
            process,
            5 << 20);
    assertThat(estimate.peak() / 1048576.0).isCloseTo(5502, Percentage.withPercentage(15));
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
    var work =
        new Workload(
            dtype, Optional.empty(), false, Batch.full(batch, length), checkpointing, true, 128);
    return Shapes.estimate(Shapes.smolLm2(), work, rank).peak();
  }

  private static Workload quantizing(TorchDtype dtype, QuantConfig config) {
    return Shapes.work(dtype, Optional.of(config), Batch.full(1, 4), true);
  }
}
