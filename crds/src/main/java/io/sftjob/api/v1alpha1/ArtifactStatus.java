package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

public record ArtifactStatus(
    @Size(max = Bounds.WORD) @JsonPropertyDescription("Adapter.") String kind,
    @Size(max = Bounds.URI) @JsonPropertyDescription("Its folder.") String uri,
    @Size(max = Bounds.WORD) @JsonPropertyDescription("SHA-256 of its main file, hex.")
        String sha256,
    @Min(0) @JsonPropertyDescription("Bytes of all its files.") Long sizeBytes) {}
