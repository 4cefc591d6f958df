package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Closes exactly: {@code read = targets + masked + dropped}. Padding stands apart. */
public record TokenLedger(
    @JsonPropertyDescription("Tokens of all rows that were read.") Long read,
    @JsonPropertyDescription("Tokens that are a target of the loss.") Long targets,
    @JsonPropertyDescription("Tokens that are only context.") Long masked,
    @JsonPropertyDescription("Tokens of rows that train nothing.") Long dropped,
    @JsonPropertyDescription("Rows read.") Long rows,
    @JsonPropertyDescription("Rows that could not be used, of all reasons.") Long droppedRows) {}
