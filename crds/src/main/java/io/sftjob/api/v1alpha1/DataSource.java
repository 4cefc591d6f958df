package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

public record DataSource(
    @Required
        @Size(min = 8, max = 1024)
        @Pattern(Uris.PATTERN)
        @JsonPropertyDescription("A JSON Lines file: pvc://CLAIM/PATH or file:///PATH.")
        String uri) {}
