package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

public record OutputSpec(
    @Required
        @Size(min = 8, max = 1024)
        @Pattern(Uris.PATTERN)
        @JsonPropertyDescription(
            "A folder for this job alone: `checkpoints/step-N/` and `adapter/` are written into it.")
        String uri) {}
