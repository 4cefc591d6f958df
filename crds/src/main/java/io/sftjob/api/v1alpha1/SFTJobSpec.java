package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * What the user wants trained. Nothing here has a schema default: {@link EffectiveSpec} resolves
 * them.
 */
@ValidationRule(
    value = "self.model == oldSelf.model",
    fieldPath = ".model",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value = "self.dataset == oldSelf.dataset",
    fieldPath = ".dataset",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value =
        "has(self.packing) == has(oldSelf.packing) && (!has(self.packing) || self.packing == oldSelf.packing)",
    fieldPath = ".packing",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value = "has(self.lora) == has(oldSelf.lora) && (!has(self.lora) || self.lora == oldSelf.lora)",
    fieldPath = ".lora",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value =
        "has(self.training) == has(oldSelf.training) && (!has(self.training) || self.training == oldSelf.training)",
    fieldPath = ".training",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value =
        "has(self.checkpoint) == has(oldSelf.checkpoint) && (!has(self.checkpoint) || self.checkpoint == oldSelf.checkpoint)",
    fieldPath = ".checkpoint",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value = "self.output == oldSelf.output",
    fieldPath = ".output",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value =
        "has(self.compute) == has(oldSelf.compute) && (!has(self.compute) || self.compute == oldSelf.compute)",
    fieldPath = ".compute",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value =
        "has(self.backoffLimit) == has(oldSelf.backoffLimit) && (!has(self.backoffLimit) || self.backoffLimit == oldSelf.backoffLimit)",
    fieldPath = ".backoffLimit",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value =
        "has(self.tracking) == has(oldSelf.tracking) && (!has(self.tracking) || self.tracking == oldSelf.tracking)",
    fieldPath = ".tracking",
    message = SFTJobSpec.IMMUTABLE)
@ValidationRule(
    value =
        "!has(self.checkpoint) || !has(self.checkpoint.keepBest)"
            + " || (has(self.training) && has(self.training.evalSteps))",
    fieldPath = ".checkpoint.keepBest",
    message = "checkpoint.keepBest needs evaluations: set training.evalSteps")
@ValidationRule(
    value =
        "!has(self.training) || !has(self.training.evalSteps) || has(self.dataset.eval) ||"
            + " has(self.dataset.evalFraction)",
    fieldPath = ".training.evalSteps",
    message = "evalSteps needs data to evaluate on: set dataset.eval or dataset.evalFraction")
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
    @JsonPropertyDescription("Servers that are told of the run.") TrackingSpec tracking,
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
        Integer backoffLimit) {

  static final String IMMUTABLE =
      "the spec of a job can not change, except suspend: create a job with a new name";
}
