package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

public record ProgressStatus(
    @JsonPropertyDescription("Resolve, Load, Prepare, Train, Save or Done.") String phase,
    @JsonPropertyDescription("Optimizer steps done.") Long step,
    Long totalSteps,
    Integer percent,
    @JsonPropertyDescription("Passes over the data.") String epoch,
    @JsonPropertyDescription("The mean loss per target since the last report.") String loss,
    String evalLoss,
    String learningRate,
    String gradNorm,
    String tokensPerSecond,
    Long tokensSeen,
    Long etaSeconds,
    @JsonPropertyDescription("When the trainer measured this.") String updatedAt) {}
