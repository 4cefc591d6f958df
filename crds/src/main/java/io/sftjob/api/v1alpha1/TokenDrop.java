package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** What is left out for one reason. */
public record TokenDrop(
    @Size(max = Bounds.WORD) @JsonPropertyDescription("One word, such as NoTargets or NotJson.")
        String reason,
    @Min(0) @JsonPropertyDescription("Rows, or parts of rows, that are left out.") Long count,
    @Min(0) @JsonPropertyDescription("Their tokens; a row that could not be read counts as none.")
        Long tokens) {}
