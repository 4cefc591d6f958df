package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/**
 * What the user wants trained. Nothing here has a schema default: {@link EffectiveSpec} resolves
 * them.
 */
public record SFTJobSpec(
    @Required @JsonPropertyDescription("The checkpoint to fine-tune.") ModelSpec model,
    @Required @JsonPropertyDescription("The data to train and evaluate on.") DatasetSpec dataset,
    @JsonPropertyDescription("How documents are put into rows of tokens.") PackingSpec packing,
    @JsonPropertyDescription("The LoRA adapter.") LoraSpec lora,
    @JsonPropertyDescription("The training recipe.") TrainingSpec training,
    @JsonPropertyDescription("When checkpoints are saved, kept and resumed from.")
        CheckpointSpec checkpoint,
    @Required @JsonPropertyDescription("Where checkpoints and the adapter are written.")
        OutputSpec output,
    @JsonPropertyDescription("What the trainer's pod asks of the cluster.") ComputeSpec compute,
    @JsonPropertyDescription(
            "true stops the run: the trainer saves a checkpoint and its pod goes away. false (or"
                + " absent) goes on from that checkpoint.")
        Boolean suspend,
    @Min(0)
        @Max(100)
        @JsonPropertyDescription(
            "How many failed pods are retried before the job fails (default 3). Preemptions and"
                + " evictions do not count.")
        Integer backoffLimit) {}
