package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

public record CheckpointSpec(
    @Min(1)
        @Max(100000000)
        @JsonPropertyDescription("Save a checkpoint every so many steps (default 100).")
        Integer everySteps,
    @Min(1)
        @Max(100)
        @JsonPropertyDescription("How many of the newest checkpoints are kept (default 3).")
        Integer keepLast,
    @Min(1)
        @Max(100)
        @JsonPropertyDescription(
            "How many checkpoints with the lowest evaluation loss are kept besides; each evaluation"
                + " that is the best so far saves one (default: none).")
        Integer keepBest,
    @JsonPropertyDescription(
            "Auto (default) resumes from the newest checkpoint that verifies; Never refuses an output"
                + " that already has checkpoints of another run.")
        ResumePolicy resume) {}
