package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/**
 * The spec with every default resolved: what the trainer runs and what {@code status.effective}
 * shows. The one place where defaults live.
 */
public record EffectiveSpec(
    @JsonPropertyDescription("Auto is resolved by the trainer from the checkpoint.")
        ModelDtype dtype,
    @JsonPropertyDescription("Auto is resolved by the trainer from the first row.")
        DatasetFormat format,
    String textField,
    @JsonPropertyDescription("Absent: Assistant for Messages, All for Text.") LossTarget loss,
    String evalFraction,
    PackingStrategy packing,
    Integer maxLength,
    Integer loraRank,
    Integer loraAlpha,
    String loraDropout,
    List<String> targetModules,
    Boolean useRslora,
    String epochs,
    Integer maxSteps,
    String learningRate,
    LrScheduler scheduler,
    String warmupRatio,
    Integer warmupSteps,
    String weightDecay,
    String maxGradNorm,
    Integer batchSize,
    Integer gradientAccumulationSteps,
    Boolean gradientCheckpointing,
    Integer evalSteps,
    Integer seed,
    Integer checkpointEverySteps,
    Integer keepLast,
    ResumePolicy resume,
    Integer backoffLimit) {

  /**
   * Resolves the defaults of a spec; never null in, and out what the field descriptions promise.
   */
  public static EffectiveSpec of(SFTJobSpec spec) {
    var data = spec.dataset();
    var packing = spec.packing() == null ? new PackingSpec(null, null) : spec.packing();
    var lora = spec.lora() == null ? new LoraSpec(null, null, null, null, null) : spec.lora();
    var t =
        spec.training() == null
            ? new TrainingSpec(
                null, null, null, null, null, null, null, null, null, null, null, null, null)
            : spec.training();
    var save = spec.checkpoint() == null ? new CheckpointSpec(null, null, null) : spec.checkpoint();
    int rank = or(lora.rank(), 16);
    boolean bySteps = t.maxSteps() != null;
    boolean warmupBySteps = t.warmupSteps() != null;
    return new EffectiveSpec(
        or(spec.model().dtype(), ModelDtype.Auto),
        or(data.format(), DatasetFormat.Auto),
        or(data.textField(), "text"),
        data.loss(),
        data.evalFraction(),
        or(packing.strategy(), PackingStrategy.BfdSplit),
        or(packing.maxLength(), 1024),
        rank,
        or(lora.alpha(), 2 * rank),
        or(lora.dropout(), "0"),
        or(lora.targetModules(), List.of(LoraSpec.ALL_LINEAR)),
        or(lora.useRslora(), false),
        bySteps ? null : or(t.epochs(), "1"),
        t.maxSteps(),
        or(t.learningRate(), "2e-4"),
        or(t.scheduler(), LrScheduler.Cosine),
        warmupBySteps ? null : or(t.warmupRatio(), "0.03"),
        t.warmupSteps(),
        or(t.weightDecay(), "0"),
        or(t.maxGradNorm(), "1"),
        or(t.batchSize(), 4),
        or(t.gradientAccumulationSteps(), 1),
        or(t.gradientCheckpointing(), true),
        t.evalSteps(),
        or(t.seed(), 42),
        or(save.everySteps(), 100),
        or(save.keepLast(), 3),
        or(save.resume(), ResumePolicy.Auto),
        or(spec.backoffLimit(), 3));
  }

  private static <T> T or(T value, T fallback) {
    return value == null ? fallback : value;
  }
}
