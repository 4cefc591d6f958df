package io.sftjob.trainer.run;

import io.sftjob.api.v1alpha1.Decimals;
import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.estimate.Batch;
import io.sftjob.trainer.estimate.MemoryEstimate;
import io.sftjob.trainer.estimate.ProcessBytes;
import io.sftjob.trainer.estimate.StoredModel;
import io.sftjob.trainer.estimate.Workload;
import io.sftjob.trainer.lora.AdapterPlan;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.train.TrainingSessions;
import java.util.ArrayList;
import java.util.List;

/** Forecasts of a job's memory, from its spec, the headers of its model's files and its rows. */
final class Forecasts {
  /** A token and whether it is a target, in prepared data. */
  private static final int TOKEN_BYTES = 4;

  /** A text has about so many bytes a token. */
  private static final int TEXT_BYTES = 4;

  private final EffectiveSpec spec;
  private final MemoryLimits limits;
  private final StoredModel model;
  private final AdapterPlan adapter;
  private final Workload full;
  private final ProcessBytes process;
  private final long textTokens;

  /**
   * @param dtype of computation, resolved
   * @param process before it has a model
   * @throws io.sftjob.trainer.TrainerException if the adapter does not fit the model
   */
  Forecasts(
      RunSettings settings,
      MemoryLimits limits,
      Checkpoint checkpoint,
      ModelDtype dtype,
      ProcessBytes process) {
    this.spec = settings.spec();
    this.limits = limits;
    this.model = StoredModel.of(checkpoint);
    this.adapter = AdapterPlan.of(model.spec(), Recipe.lora(spec));
    this.full = workload(dtype);
    this.process = process;
    this.textTokens = Recipe.found(settings).stream().mapToLong(Forecasts::tokens).sum();
  }

  /** With full rows; for certain are the weights and what is trained. */
  Forecast beforeData() {
    return forecast(full.batch(), List.of(Batch.NONE), textTokens);
  }

  /** With the rows that there are. */
  Forecast of(List<PackedRow> train) {
    var batches = Batches.of(train, spec.batchSize());
    return forecast(
        batches.largest(), batches.certain(everyRowComesUp(train.size())), batches.tokens());
  }

  private boolean everyRowComesUp(int rows) {
    return spec.maxSteps() == null
        ? Decimals.parse(spec.epochs()) >= 1
        : (long) spec.maxSteps() * spec.gradientAccumulationSteps() * spec.batchSize() >= rows;
  }

  private Forecast forecast(Batch largest, List<Batch> certain, long tokens) {
    return new Forecast(
        MemoryEstimate.of(model, full.with(largest), adapter, process, TOKEN_BYTES * tokens),
        certain.stream()
            .mapToLong(batch -> MemoryEstimate.least(model, full.with(batch), adapter, process))
            .max()
            .orElseThrow(),
        limits,
        ways());
  }

  private Workload workload(ModelDtype dtype) {
    return new Workload(
        CausalLm.torchDtype(dtype),
        Recipe.quantization(spec),
        limits.computesOnGpu(),
        Batch.full(spec.batchSize(), spec.maxLength()),
        spec.gradientCheckpointing(),
        spec.keepBest() != null
            || spec.maxSteps() == null
            || spec.checkpointEverySteps() < spec.maxSteps(),
        TrainingSessions.HEAD_ROWS);
  }

  /** Of files that are compressed, as they are stored. */
  private static long tokens(Found data) {
    double bytes = data.parts().stream().mapToDouble(p -> p.weight() * p.bytes()).sum();
    return (long) (bytes / TEXT_BYTES);
  }

  private List<String> ways() {
    var ways = new ArrayList<String>();
    if (spec.quantization() == null && !model.isQuantized()) {
      ways.add("quantize the weights (spec.model.quantization)");
    }
    if (full.dtype() == TorchDtype.FLOAT32) {
      ways.add("set spec.model.dtype to BFloat16");
    }
    if (!spec.gradientCheckpointing()) {
      ways.add("set spec.training.gradientCheckpointing to true");
    }
    ways.add(
        "lower spec.training.batchSize (%d), spec.packing.maxLength (%d) or spec.lora.rank (%d)"
            .formatted(spec.batchSize(), spec.maxLength(), spec.loraRank()));
    ways.add(limits.computesOnGpu() ? "take a larger GPU" : "raise the memory limit");
    return ways;
  }
}
