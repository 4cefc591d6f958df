package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.stream.Stream;

/** What a row's fields say about its format. */
final class Formats {
  private Formats() {}

  /** The format, and the sentence that says why. */
  record Found(RowFormat format, String why) {}

  /** The first that fits, in this order, as a row may have `text` beside what it was made of. */
  static Optional<Found> of(ObjectNode row, String textField) {
    return Stream.of(
            found(row, RowFormat.Messages, "messages"),
            found(row, RowFormat.ShareGpt, "conversations"),
            found(row, RowFormat.Tokenized, "input_ids"),
            found(row, RowFormat.PromptCompletion, "prompt", "completion"),
            found(row, RowFormat.Instruction, "instruction", "output"),
            found(row, RowFormat.Text, textField))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Found> found(ObjectNode row, RowFormat format, String... fields) {
    return Stream.of(fields).allMatch(row::has)
        ? Optional.of(
            new Found(
                format,
                fields.length == 1
                    ? "has a field `" + fields[0] + "`"
                    : "has fields `" + String.join("` and `", fields) + "`"))
        : Optional.empty();
  }
}
