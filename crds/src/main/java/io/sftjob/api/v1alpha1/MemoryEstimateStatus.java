package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;

/** The memory that the trainer foretells before it loads the model. */
public record MemoryEstimateStatus(
    @Min(0) @JsonPropertyDescription("The largest resident memory of the process.") Long peakBytes,
    @Min(0) @JsonPropertyDescription("The largest memory on the GPU; absent without one.")
        Long gpuPeakBytes,
    @Min(0)
        @JsonPropertyDescription("What there is: of the container, or of the GPU if there is one.")
        Long limitBytes,
    @Min(0) @JsonPropertyDescription("JVM, PyTorch and tokenizer.") Long processBytes,
    @Min(0) @JsonPropertyDescription("The frozen weights, those in mapped files too.")
        Long weightsBytes,
    @Min(0) @JsonPropertyDescription("What is trained, and its gradients.") Long adaptersBytes,
    @Min(0) @JsonPropertyDescription("AdamW's moments.") Long optimizerBytes,
    @Min(0) @JsonPropertyDescription("What a micro-batch of full rows keeps and computes.")
        Long activationsBytes,
    @Min(0) @JsonPropertyDescription("Logits and loss, as far as they exceed a layer.")
        Long headBytes,
    @Min(0)
        @JsonPropertyDescription(
            "Tokens, loading and saving, as far as they exceed what else there is at another time.")
        Long otherBytes) {}
