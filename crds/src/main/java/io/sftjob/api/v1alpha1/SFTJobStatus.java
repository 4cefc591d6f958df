package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What is true of the run. A cache that can be rebuilt from the child Job, its pods and the output.
 */
public record SFTJobStatus(
    @JsonPropertyDescription("The generation of the spec that this status speaks of.")
        Long observedGeneration,
    @JsonPropertyDescription("The conditions in one word, for people.") JobState state,
    @JsonPropertyDescription(
            "Succeeded is the summary; Running, Suspended, Checkpointed, ProgressStale, Reconciling"
                + " and Stalled say more.")
        List<Condition> conditions,
    @JsonPropertyDescription("When the first pod of the run started.") String startTime,
    @JsonPropertyDescription("When the run succeeded or failed.") String completionTime,
    @JsonPropertyDescription("1 for the first pod that trains, one more for each that takes over.")
        Integer attempt,
    @JsonPropertyDescription("How many child Jobs this run has had: one more after each resume.")
        Integer execution,
    @JsonPropertyDescription("The child Job.") String jobName,
    @JsonPropertyDescription("The trainer's pod.") String podName,
    @JsonPropertyDescription("How far the run is.") ProgressStatus progress,
    @JsonPropertyDescription(
            "Where every token of the training data went: read = targets + masked + dropped.")
        TokenLedger tokens,
    @JsonPropertyDescription("The newest checkpoints, the newest last.")
        List<CheckpointStatus> checkpoints,
    @JsonPropertyDescription("What the run made.") List<ArtifactStatus> artifacts,
    @JsonPropertyDescription("The spec with every default resolved.") EffectiveSpec effective) {

  /** Lists are never null here, so that a status read back equals the one computed. */
  public SFTJobStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    checkpoints = checkpoints == null ? List.of() : List.copyOf(checkpoints);
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }
}
