package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The recipe; the optimizer is AdamW. */
@ValidationRule(
    value = "!(has(self.epochs) && has(self.maxSteps))",
    fieldPath = ".maxSteps",
    message = "epochs and maxSteps exclude each other: keep one")
@ValidationRule(
    value = "!has(self.epochs) || (double(self.epochs) > 0.0 && double(self.epochs) <= 100000.0)",
    fieldPath = ".epochs",
    message = "epochs must be above \"0\", and at most \"100000\"")
@ValidationRule(
    value = "!has(self.learningRate) || double(self.learningRate) > 0.0",
    fieldPath = ".learningRate",
    message = "learningRate must be above \"0\"")
@ValidationRule(
    value = "!(has(self.warmupRatio) && has(self.warmupSteps))",
    fieldPath = ".warmupSteps",
    message = "warmupRatio and warmupSteps exclude each other: keep one")
@ValidationRule(
    value = "!has(self.warmupRatio) || double(self.warmupRatio) <= 1.0",
    fieldPath = ".warmupRatio",
    message = "warmupRatio is a part of the steps: \"0\" to \"1\"")
@ValidationRule(
    value =
        "!(has(self.scheduler) && self.scheduler == 'Constant'"
            + " && (has(self.warmupRatio) || has(self.warmupSteps)))",
    fieldPath = ".scheduler",
    message =
        "Constant has no warm-up: take ConstantWithWarmup, or leave warmupRatio/warmupSteps out")
@ValidationRule(
    value =
        "!(has(self.scheduler) && self.scheduler == 'CosineWithMinLr') || has(self.minLearningRate)",
    fieldPath = ".scheduler",
    message = "CosineWithMinLr needs minLearningRate")
@ValidationRule(
    value =
        "!has(self.minLearningRate) || (has(self.scheduler)"
            + " && self.scheduler in ['CosineWithMinLr', 'Polynomial'])",
    fieldPath = ".minLearningRate",
    message = "minLearningRate belongs to the schedulers CosineWithMinLr and Polynomial")
@ValidationRule(
    value =
        "!has(self.minLearningRate) || double(self.minLearningRate)"
            + " < (has(self.learningRate) ? double(self.learningRate) : 0.0002)",
    fieldPath = ".minLearningRate",
    message = "minLearningRate must be below learningRate")
@ValidationRule(
    value =
        "!has(self.schedulerCycles) || (has(self.scheduler)"
            + " && self.scheduler == 'CosineWithRestarts')",
    fieldPath = ".schedulerCycles",
    message = "schedulerCycles belongs to the scheduler CosineWithRestarts")
@ValidationRule(
    value =
        "!has(self.schedulerPower) || (has(self.scheduler) && self.scheduler == 'Polynomial'"
            + " && double(self.schedulerPower) > 0.0)",
    fieldPath = ".schedulerPower",
    message = "schedulerPower belongs to the scheduler Polynomial, and is above \"0\"")
@ValidationRule(
    value = "!has(self.earlyStoppingPatience) || has(self.evalSteps)",
    fieldPath = ".earlyStoppingPatience",
    message = "earlyStoppingPatience counts evaluations: set evalSteps")
@ValidationRule(
    value = "!has(self.adamBeta1) || double(self.adamBeta1) < 1.0",
    fieldPath = ".adamBeta1",
    message = "adamBeta1 must be below \"1\"")
@ValidationRule(
    value = "!has(self.adamBeta2) || double(self.adamBeta2) < 1.0",
    fieldPath = ".adamBeta2",
    message = "adamBeta2 must be below \"1\"")
@ValidationRule(
    value = "!has(self.adamEpsilon) || double(self.adamEpsilon) > 0.0",
    fieldPath = ".adamEpsilon",
    message = "adamEpsilon must be above \"0\"")
public record TrainingSpec(
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription(
            "Passes over the data (default \"1\"). Not together with maxSteps.")
        String epochs,
    @Min(1) @Max(100000000) @JsonPropertyDescription("Optimizer steps, instead of epochs.")
        Integer maxSteps,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("The peak learning rate (default \"2e-4\").")
        String learningRate,
    @JsonPropertyDescription(
            "How the learning rate goes on after warm-up, as in transformers (default Cosine).")
        LrScheduler scheduler,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("Where CosineWithMinLr and Polynomial (default \"1e-7\") end.")
        String minLearningRate,
    @Min(1) @Max(10000) @JsonPropertyDescription("Waves of CosineWithRestarts (default 1).")
        Integer schedulerCycles,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("The power of Polynomial (default \"1\").")
        String schedulerPower,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription(
            "The part of the steps spent on linear warm-up (default \"0.03\"). Not together with"
                + " warmupSteps.")
        String warmupRatio,
    @Min(0) @Max(100000000) @JsonPropertyDescription("Steps of linear warm-up.")
        Integer warmupSteps,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("AdamW's weight decay (default \"0\"), never on norms and biases.")
        String weightDecay,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("AdamW's beta1 (default \"0.9\").")
        String adamBeta1,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("AdamW's beta2 (default \"0.999\").")
        String adamBeta2,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("AdamW's epsilon (default \"1e-8\").")
        String adamEpsilon,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription(
            "Gradients are clipped to this global norm (default \"1\"); \"0\" turns clipping off.")
        String maxGradNorm,
    @Min(1) @Max(4096) @JsonPropertyDescription("Rows in a micro-batch (default 4).")
        Integer batchSize,
    @Min(1)
        @Max(65536)
        @JsonPropertyDescription(
            "Micro-batches in an optimizer step (default 1); the loss is divided by the targets of"
                + " the whole step.")
        Integer gradientAccumulationSteps,
    @JsonPropertyDescription(
            "Compute what each layer's linears gave again in the backward pass: less memory, the same"
                + " result, a third slower (default true).")
        Boolean gradientCheckpointing,
    @Min(1)
        @Max(100000000)
        @JsonPropertyDescription(
            "Evaluate every so many steps, and at the end (default: only at the end).")
        Integer evalSteps,
    @Min(1)
        @Max(10000)
        @JsonPropertyDescription(
            "End after so many evaluations in a row without a new lowest loss (default: never).")
        Integer earlyStoppingPatience,
    @JsonPropertyDescription(
            "Nll (default): negative log-likelihood. Dft: Dynamic Fine-Tuning, each target weighted"
                + " with its own probability. Evaluation is always in negative log-likelihood.")
        LossType lossType,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription(
            "NEFTune's alpha: uniform noise up to alpha / sqrt(length * hidden size) on the"
                + " embeddings while training (default \"0\": none).")
        String neftuneNoiseAlpha,
    @Min(1)
        @Max(1000)
        @JsonPropertyDescription(
            "A step whose loss or gradient is not finite changes nothing; so many in a row end the"
                + " job (default 5).")
        Integer maxNonFiniteSteps,
    @Min(0)
        @Max(2147483647)
        @JsonPropertyDescription(
            "The seed of data order, split, dropout and adapter initialisation (default 42).")
        Integer seed) {}
