package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What is true of the run. A cache that can be rebuilt from the child Job, its pods and the output.
 */
public record SFTJobStatus(
    @Min(0) @JsonPropertyDescription("The generation of the spec that this status speaks of.")
        Long observedGeneration,
    @JsonPropertyDescription("The conditions in one word, for people.") JobState state,
    @Size(max = 16)
        @JsonPropertyDescription(
            "Succeeded is the summary; Running, Suspended, Checkpointed, ProgressStale, Reconciling"
                + " and Stalled say more.")
        List<Condition> conditions,
    @Size(max = Bounds.WORD) @JsonPropertyDescription("When the first pod of the run started.")
        String startTime,
    @Size(max = Bounds.WORD) @JsonPropertyDescription("When the run succeeded or failed.")
        String completionTime,
    @Min(1)
        @JsonPropertyDescription(
            "1 for the first pod that trains, one more for each that takes over.")
        Integer attempt,
    @Min(1)
        @JsonPropertyDescription(
            "How many child Jobs this run has had: one more after each resume.")
        Integer execution,
    @Size(max = Bounds.NAME) @JsonPropertyDescription("The child Job.") String jobName,
    @Size(max = Bounds.NAME) @JsonPropertyDescription("The trainer's pod.") String podName,
    @JsonPropertyDescription("How far the run is.") ProgressStatus progress,
    @JsonPropertyDescription(
            "Where every token of the training data went: read = targets + masked + dropped.")
        TokenLedger tokens,
    @JsonPropertyDescription("The same of the evaluation data.") TokenLedger evalTokens,
    @Size(max = Bounds.CHECKPOINTS)
        @JsonPropertyDescription("The newest checkpoints, the newest last.")
        List<CheckpointStatus> checkpoints,
    @JsonPropertyDescription(
            "The kept checkpoint with the lowest evaluation loss; absent without evaluation.")
        CheckpointStatus bestCheckpoint,
    @Size(max = Bounds.ARTIFACTS) @JsonPropertyDescription("What the run made.")
        List<ArtifactStatus> artifacts,
    @JsonPropertyDescription("The spec with every default resolved.") EffectiveSpec effective) {

  /** Lists are never null here, so that a status read back equals the one computed. */
  public SFTJobStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    checkpoints = checkpoints == null ? List.of() : List.copyOf(checkpoints);
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }
}
