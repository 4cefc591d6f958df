package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

public record CheckpointStatus(
    Long step,
    String uri,
    @JsonPropertyDescription("SHA-256 of its adapter_model.safetensors.") String sha256,
    Long sizeBytes,
    String evalLoss,
    String time) {}
