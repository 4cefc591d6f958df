package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

public record CheckpointStatus(
    @Min(0) @JsonPropertyDescription("The optimizer step after which it was saved.") Long step,
    @Size(max = Bounds.URI) @JsonPropertyDescription("Its folder.") String uri,
    @Size(max = Bounds.WORD)
        @JsonPropertyDescription("SHA-256 of its adapter_model.safetensors, hex.")
        String sha256,
    @Min(0) @JsonPropertyDescription("Bytes of all its files.") Long sizeBytes,
    @Size(max = Bounds.DECIMAL)
        @JsonPropertyDescription("The mean loss per target on the evaluation data at that step.")
        String evalLoss,
    @Size(max = Bounds.WORD) @JsonPropertyDescription("When it was saved, RFC 3339.")
        String time) {}
