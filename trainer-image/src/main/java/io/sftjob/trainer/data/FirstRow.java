package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.nio.file.Path;

/** Looks at the first row that is an object to see what the rows hold. */
final class FirstRow {
  private FirstRow() {}

  static Formats.Found look(DataSettings settings) {
    if (settings.format() != RowFormat.Auto) {
      return new Formats.Found(settings.format(), "dataset.format is " + settings.format());
    }
    try (JsonLines lines = JsonLines.open(settings.train(), Digests.sha256())) {
      String firstFault = null;
      for (JsonLines.Line line = lines.next(); line != null; line = lines.next()) {
        try {
          return ofFields(settings, line.number(), JsonRows.parse(line.bytes()));
        } catch (UnusableRowException e) {
          firstFault =
              firstFault == null ? "line " + line.number() + " " + e.getMessage() : firstFault;
        }
      }
      throw new TrainerException(
          ExitCode.DataNotUsable,
          firstFault == null
              ? settings.train() + " has no rows; expected one JSON object in each line"
              : "%s: no line holds a JSON object: %s%s"
                  .formatted(settings.train(), firstFault, hint(settings.train())));
    }
  }

  private static Formats.Found ofFields(DataSettings settings, long line, ObjectNode row) {
    return Formats.of(row, settings.textField())
        .map(found -> new Formats.Found(found.format(), "line " + line + " " + found.why()))
        .orElseThrow(
            () ->
                new TrainerException(
                    ExitCode.DataNotUsable,
                    ("%s: line %d has none of `messages`, `conversations`, `input_ids`, `prompt`"
                            + " with `completion`, `instruction` with `output`, `%s`; its fields:"
                            + " %s. Set dataset.format and dataset.textField, or rename the field")
                        .formatted(
                            settings.train(), line, settings.textField(), Fields.names(row))));
  }

  private static String hint(Path file) {
    String name = file.getFileName().toString();
    if (name.endsWith(".gz") || name.endsWith(".zst")) {
      return "; decompress it first";
    }
    return name.endsWith(".parquet") || name.endsWith(".csv")
        ? "; convert it to JSON Lines first"
        : "; a JSON array must be one object per line (jq -c '.[]')";
  }
}
