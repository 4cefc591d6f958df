package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

public record PackingSpec(
    @JsonPropertyDescription(
            "BfdSplit (default): best fit decreasing; documents longer than maxLength are split, and"
                + " no document attends to another.")
        PackingStrategy strategy,
    @Min(8) @Max(1048576) @JsonPropertyDescription("Tokens in a row (default 1024).")
        Integer maxLength) {}
