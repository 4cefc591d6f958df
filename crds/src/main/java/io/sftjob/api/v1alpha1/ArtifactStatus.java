package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

public record ArtifactStatus(
    @JsonPropertyDescription("Adapter.") String kind,
    String uri,
    @JsonPropertyDescription("SHA-256 of its main file.") String sha256,
    Long sizeBytes) {}
