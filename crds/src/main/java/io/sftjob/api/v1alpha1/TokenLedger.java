package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * Closes exactly: {@code read = targets + masked + dropped}, and {@code dropped} is the sum over
 * {@code drops}. Padding stands apart.
 */
public record TokenLedger(
    @Min(0) @JsonPropertyDescription("Tokens of all rows that were read.") Long read,
    @Min(0) @JsonPropertyDescription("Tokens that are a target of the loss.") Long targets,
    @Min(0) @JsonPropertyDescription("Tokens that are only context.") Long masked,
    @Min(0) @JsonPropertyDescription("Tokens of rows that train nothing.") Long dropped,
    @Min(0) @JsonPropertyDescription("Rows read.") Long rows,
    @Min(0) @JsonPropertyDescription("Rows that could not be used, of all reasons.")
        Long droppedRows,
    @Size(max = Bounds.DROPS) @JsonPropertyDescription("What each reason took.")
        List<TokenDrop> drops) {

  /** The list is never null here, so that a ledger read back equals the one written. */
  public TokenLedger {
    drops = drops == null ? List.of() : List.copyOf(drops);
  }
}
