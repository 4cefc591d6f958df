package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

public record ProgressStatus(
    @Size(max = Bounds.WORD)
        @JsonPropertyDescription("Resolve, Load, Prepare, Train, Save or Done.")
        String phase,
    @Min(0) @JsonPropertyDescription("Optimizer steps done.") Long step,
    @Min(0) @JsonPropertyDescription("Optimizer steps of the whole run, once they are known.")
        Long totalSteps,
    @Min(0) @Max(100) @JsonPropertyDescription("step in percent of totalSteps, rounded down.")
        Integer percent,
    @Size(max = Bounds.DECIMAL) @JsonPropertyDescription("Passes over the data.") String epoch,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription("The mean loss per target since the last report, in nats.")
        String loss,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription("The mean loss per target of the last evaluation, in nats.")
        String evalLoss,
    @Size(max = Bounds.DECIMAL) @JsonPropertyDescription("exp(evalLoss).") String evalPerplexity,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription(
            "The part of the last evaluation's targets that were the likeliest token: 0 to 1.")
        String evalAccuracy,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription(
            "The entropy of the last evaluation's predictions, mean over its targets, in nats.")
        String evalEntropy,
    @Size(max = Bounds.DECIMAL) @JsonPropertyDescription("The learning rate of the last step.")
        String learningRate,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription("The global norm of the last step's gradients, before clipping.")
        String gradNorm,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription("Tokens through forward and backward per second of training.")
        String tokensPerSecond,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription("The targets of the loss among them, per second.")
        String targetsPerSecond,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription(
            "Packing efficiency: the tokens in the packed rows as a part of what these could hold,"
                + " 0 to 1.")
        String fill,
    @Min(0) @JsonPropertyDescription("Tokens through forward and backward since the first step.")
        Long tokensSeen,
    @Min(0)
        @JsonPropertyDescription(
            "Steps that changed nothing, because the loss or its gradient was not finite.")
        Long skippedSteps,
    @Min(0)
        @JsonPropertyDescription(
            "Steps that changed nothing but the loss scale, under which float16 gradients overflowed:"
                + " a few are ordinary.")
        Long rescaledSteps,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription(
            "What the loss of the next step is multiplied by; only in Float16.")
        String lossScale,
    @Min(0) @JsonPropertyDescription("Seconds until the end, by the trainer's estimate.")
        Long etaSeconds,
    @Size(max = Bounds.WORD) @JsonPropertyDescription("When the trainer measured this, RFC 3339.")
        String updatedAt) {

  /** Nobody knows when a run ends that does not run. */
  public ProgressStatus withoutEta() {
    return new ProgressStatus(
        phase,
        step,
        totalSteps,
        percent,
        epoch,
        loss,
        evalLoss,
        evalPerplexity,
        evalAccuracy,
        evalEntropy,
        learningRate,
        gradNorm,
        tokensPerSecond,
        targetsPerSecond,
        fill,
        tokensSeen,
        skippedSteps,
        rescaledSteps,
        lossScale,
        null,
        updatedAt);
  }
}
