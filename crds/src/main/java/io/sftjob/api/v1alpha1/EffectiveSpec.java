package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;

/**
 * The spec with every default resolved: what the trainer runs and what {@code status.effective}
 * shows. The one place where defaults live.
 */
public record EffectiveSpec(
    @JsonPropertyDescription(
            "Auto until the trainer has resolved it from the checkpoint: see spec.model.dtype.")
        ModelDtype dtype,
    @JsonPropertyDescription("How the frozen linear weights are kept; absent: in dtype.")
        QuantizationMode quantization,
    @JsonPropertyDescription("Weights that share a scale; absent when there are no such.")
        Integer quantizationBlockSize,
    @JsonPropertyDescription("Whether these scales are quantized; absent when there are none.")
        Boolean doubleQuant,
    @JsonPropertyDescription("Auto is resolved by the trainer from the first row.")
        DatasetFormat format,
    @Size(max = 128) @JsonPropertyDescription("The field of a Text row.") String textField,
    @JsonPropertyDescription("Absent: by the format.") LossTarget loss,
    @Size(max = 16) @JsonPropertyDescription("The part of the training rows kept for evaluation.")
        String evalFraction,
    @JsonPropertyDescription("Whether rows that repeat an earlier one are dropped.")
        Boolean dropDuplicates,
    @JsonPropertyDescription("How documents are put into rows.") PackingStrategy packing,
    @JsonPropertyDescription("Tokens in a row.") Integer maxLength,
    @JsonPropertyDescription("Documents that are packed together; absent where there is no window.")
        Integer packingWindow,
    @JsonPropertyDescription("Rows in a buffer of ConstantLength; absent for others.")
        Integer numOfSequences,
    @Size(max = 16)
        @JsonPropertyDescription("Characters of a token for ConstantLength; absent for others.")
        String charsPerToken,
    @JsonPropertyDescription("The rank r of the adapter.") Integer loraRank,
    @JsonPropertyDescription("The adapter's output is scaled by loraAlpha / loraRank.")
        Integer loraAlpha,
    @Size(max = 16) @JsonPropertyDescription("Dropout on the adapter's input.") String loraDropout,
    @Size(max = 64)
        @JsonPropertyDescription(
            "The linear modules that get an adapter; absent when targetModulesRegex is set.")
        List<@Size(max = 256) String> targetModules,
    @Size(max = 1024) @JsonPropertyDescription("Matches the paths of the modules with an adapter.")
        String targetModulesRegex,
    @Size(max = 64) @JsonPropertyDescription("Ranks of some modules in place of loraRank.")
        Map<String, Integer> rankPattern,
    @Size(max = 64) @JsonPropertyDescription("Alphas of some modules in place of loraAlpha.")
        Map<String, Integer> alphaPattern,
    @Size(max = 2) @JsonPropertyDescription("The modules that are trained whole.")
        List<@Size(max = 256) String> modulesToSave,
    @JsonPropertyDescription("Scale by loraAlpha / sqrt(loraRank) instead.") Boolean useRslora,
    @Size(max = 16) @JsonPropertyDescription("Passes over the data; absent when maxSteps is set.")
        String epochs,
    @JsonPropertyDescription("Optimizer steps; absent when epochs is set.") Integer maxSteps,
    @Size(max = 16) @JsonPropertyDescription("The peak learning rate.") String learningRate,
    @JsonPropertyDescription("How the learning rate goes on after warm-up.") LrScheduler scheduler,
    @Size(max = 16) @JsonPropertyDescription("Where it ends; absent where the scheduler has none.")
        String minLearningRate,
    @JsonPropertyDescription("Waves of CosineWithRestarts; absent for others.")
        Integer schedulerCycles,
    @Size(max = 16) @JsonPropertyDescription("The power of Polynomial; absent for others.")
        String schedulerPower,
    @Size(max = 16)
        @JsonPropertyDescription(
            "The part of the steps spent on warm-up; absent when warmupSteps is set, and for"
                + " Constant.")
        String warmupRatio,
    @JsonPropertyDescription("Steps of warm-up; absent when warmupRatio is set.")
        Integer warmupSteps,
    @Size(max = 16) @JsonPropertyDescription("AdamW's weight decay.") String weightDecay,
    @Size(max = 16) @JsonPropertyDescription("AdamW's beta1.") String adamBeta1,
    @Size(max = 16) @JsonPropertyDescription("AdamW's beta2.") String adamBeta2,
    @Size(max = 16) @JsonPropertyDescription("AdamW's epsilon.") String adamEpsilon,
    @Size(max = 16)
        @JsonPropertyDescription("Gradients are clipped to this global norm; 0: not clipped.")
        String maxGradNorm,
    @JsonPropertyDescription("Rows in a micro-batch.") Integer batchSize,
    @JsonPropertyDescription("Micro-batches in an optimizer step.")
        Integer gradientAccumulationSteps,
    @JsonPropertyDescription("Recompute each layer in the backward pass.")
        Boolean gradientCheckpointing,
    @JsonPropertyDescription("Evaluate every so many steps; absent: only at the end.")
        Integer evalSteps,
    @JsonPropertyDescription("So many evaluations without a new lowest loss end it; absent: none.")
        Integer earlyStoppingPatience,
    @JsonPropertyDescription("What is minimised.") LossType lossType,
    @Size(max = 16) @JsonPropertyDescription("NEFTune's alpha; 0: no noise.")
        String neftuneNoiseAlpha,
    @JsonPropertyDescription("So many steps in a row that are not finite end the job.")
        Integer maxNonFiniteSteps,
    @JsonPropertyDescription("The seed of data order, split, dropout and adapter initialisation.")
        Integer seed,
    @JsonPropertyDescription("A checkpoint is saved every so many steps.")
        Integer checkpointEverySteps,
    @JsonPropertyDescription("How many of the newest checkpoints are kept.") Integer keepLast,
    @JsonPropertyDescription("How many with the lowest evaluation loss are kept; absent: none.")
        Integer keepBest,
    @JsonPropertyDescription("Whether the run goes on from checkpoints that it finds.")
        ResumePolicy resume,
    @Size(max = 1024) @JsonPropertyDescription("The MLflow server; absent: none.") String mlflowUri,
    @Size(max = 256) @JsonPropertyDescription("MLflow's experiment; absent without a server.")
        String mlflowExperiment,
    @Size(max = 256) @JsonPropertyDescription("Absent: the job's name.") String mlflowRunName,
    @JsonPropertyDescription("How many failed pods are retried before the job fails.")
        Integer backoffLimit,
    @JsonPropertyDescription("What the trainer foretold; absent before its first report.")
        MemoryEstimateStatus memoryEstimate) {

  /**
   * Resolves the defaults of a spec; never null in, and out what the field descriptions promise.
   */
  public static EffectiveSpec of(SFTJobSpec spec) {
    return of(spec, null, null);
  }

  /**
   * The same, with what does not follow from the spec alone.
   *
   * @param memory null if it is not known
   * @param dtype what Auto was resolved to; null if it is not known
   */
  public static EffectiveSpec of(SFTJobSpec spec, MemoryEstimateStatus memory, ModelDtype dtype) {
    var data = spec.dataset();
    var packing =
        spec.packing() == null ? new PackingSpec(null, null, null, null, null) : spec.packing();
    var lora = spec.lora() == null ? LoraSpec.empty() : spec.lora();
    var t =
        spec.training() == null
            ? new TrainingSpec(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null, null, null)
            : spec.training();
    var save =
        spec.checkpoint() == null ? new CheckpointSpec(null, null, null, null) : spec.checkpoint();
    var mlflow = spec.tracking() == null ? null : spec.tracking().mlflow();
    int rank = or(lora.rank(), 16);
    boolean bySteps = t.maxSteps() != null;
    var quantization = spec.model().quantization();
    boolean inBlocks = quantization != null && quantization.mode() != QuantizationMode.Int8;
    var strategy = or(packing.strategy(), PackingStrategy.BfdSplit);
    boolean inBuffers = strategy == PackingStrategy.ConstantLength;
    boolean hasWindow = !inBuffers && strategy != PackingStrategy.None;
    var scheduler = or(t.scheduler(), LrScheduler.Cosine);
    boolean warmupBySteps = t.warmupSteps() != null;
    return new EffectiveSpec(
        dtype == null ? or(spec.model().dtype(), ModelDtype.Auto) : dtype,
        quantization == null ? null : quantization.mode(),
        inBlocks ? or(quantization.blockSize(), 64) : null,
        inBlocks ? or(quantization.doubleQuant(), false) : null,
        or(data.format(), DatasetFormat.Auto),
        or(data.textField(), "text"),
        data.loss(),
        data.evalFraction(),
        or(data.dropDuplicates(), false),
        strategy,
        or(packing.maxLength(), 1024),
        hasWindow ? or(packing.window(), 100_000) : null,
        inBuffers ? or(packing.numOfSequences(), 1024) : null,
        inBuffers ? or(packing.charsPerToken(), "3.6") : null,
        rank,
        or(lora.alpha(), 2 * rank),
        or(lora.dropout(), "0"),
        lora.targetModulesRegex() == null
            ? or(lora.targetModules(), List.of(LoraSpec.ALL_LINEAR))
            : null,
        lora.targetModulesRegex(),
        lora.rankPattern(),
        lora.alphaPattern(),
        lora.modulesToSave(),
        or(lora.useRslora(), false),
        bySteps ? null : or(t.epochs(), "1"),
        t.maxSteps(),
        or(t.learningRate(), "2e-4"),
        scheduler,
        scheduler == LrScheduler.Polynomial ? or(t.minLearningRate(), "1e-7") : t.minLearningRate(),
        scheduler == LrScheduler.CosineWithRestarts ? or(t.schedulerCycles(), 1) : null,
        scheduler == LrScheduler.Polynomial ? or(t.schedulerPower(), "1") : null,
        warmupBySteps || scheduler == LrScheduler.Constant ? null : or(t.warmupRatio(), "0.03"),
        t.warmupSteps(),
        or(t.weightDecay(), "0"),
        or(t.adamBeta1(), "0.9"),
        or(t.adamBeta2(), "0.999"),
        or(t.adamEpsilon(), "1e-8"),
        or(t.maxGradNorm(), "1"),
        or(t.batchSize(), 4),
        or(t.gradientAccumulationSteps(), 1),
        or(t.gradientCheckpointing(), true),
        t.evalSteps(),
        t.earlyStoppingPatience(),
        or(t.lossType(), LossType.Nll),
        or(t.neftuneNoiseAlpha(), "0"),
        or(t.maxNonFiniteSteps(), 5),
        or(t.seed(), 42),
        or(save.everySteps(), 100),
        or(save.keepLast(), 3),
        save.keepBest(),
        or(save.resume(), ResumePolicy.Auto),
        mlflow == null ? null : mlflow.uri(),
        mlflow == null ? null : or(mlflow.experiment(), "Default"),
        mlflow == null ? null : mlflow.runName(),
        or(spec.backoffLimit(), 3),
        memory);
  }

  private static <T> T or(T value, T fallback) {
    return value == null ? fallback : value;
  }
}
