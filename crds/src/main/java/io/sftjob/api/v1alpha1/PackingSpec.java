package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How documents are put into rows. */
@ValidationRule(
    value =
        "!has(self.window) || !has(self.strategy)"
            + " || self.strategy in ['Bfd', 'BfdSplit', 'Wrapped']",
    fieldPath = ".window",
    message = "window belongs to the strategies Bfd, BfdSplit and Wrapped: remove it")
@ValidationRule(
    value =
        "!has(self.numOfSequences) || (has(self.strategy) && self.strategy == 'ConstantLength')",
    fieldPath = ".numOfSequences",
    message = "numOfSequences belongs to the strategy ConstantLength: remove it")
@ValidationRule(
    value = "!has(self.charsPerToken) || (has(self.strategy) && self.strategy == 'ConstantLength')",
    fieldPath = ".charsPerToken",
    message = "charsPerToken belongs to the strategy ConstantLength: remove it")
@ValidationRule(
    value = "!has(self.charsPerToken) || double(self.charsPerToken) > 0.0",
    fieldPath = ".charsPerToken",
    message = "charsPerToken must be above \"0\"")
public record PackingSpec(
    @JsonPropertyDescription(
            "BfdSplit (default): best fit decreasing; documents longer than maxLength are split."
                + " Bfd: they are cut, and the rest is dropped. None: a document is a row, cut at"
                + " maxLength. With these no document attends to another. Wrapped: documents end"
                + " to end, cut every maxLength tokens. ConstantLength: the same as TRL's former"
                + " ConstantLengthDataset did it, in buffers whose last tokens are dropped, and"
                + " shuffled. With these two a row is one document.")
        PackingStrategy strategy,
    @Min(8) @Max(1048576) @JsonPropertyDescription("Tokens in a row (default 1024).")
        Integer maxLength,
    @Min(1)
        @Max(1000000)
        @JsonPropertyDescription(
            "Documents that Bfd, BfdSplit and Wrapped pack together (default 100000; TRL's is"
                + " 1000). A larger window leaves less room unused.")
        Integer window,
    @Min(1)
        @Max(1000000)
        @JsonPropertyDescription(
            "ConstantLength's buffer holds about so many rows (default 1024): it is full at"
                + " maxLength * charsPerToken * numOfSequences characters.")
        Integer numOfSequences,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("ConstantLength's characters of a token (default \"3.6\").")
        String charsPerToken) {}
