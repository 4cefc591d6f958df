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
        @JsonPropertyDescription(
            "The evaluation loss that was the newest when it was saved, in nats per target.")
        String evalLoss,
    @Size(max = Bounds.WORD) @JsonPropertyDescription("When it was saved, RFC 3339.")
        String time) {}
