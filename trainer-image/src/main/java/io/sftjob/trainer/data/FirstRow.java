package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.DataFile;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.source.MalformedRowException;
import io.sftjob.trainer.source.RawRow;
import io.sftjob.trainer.source.RowOrigin;
import io.sftjob.trainer.source.RowSource;
import io.sftjob.trainer.source.RowSources;

/** Looks at each file's first row that is an object to see what the rows hold. */
final class FirstRow {
  private final DataSettings settings;
  private Formats.Found found;
  private RowOrigin foundAt;
  private String firstFault;

  private FirstRow(DataSettings settings) {
    this.settings = settings;
  }

  static Formats.Found look(DataSettings settings, Found train) {
    if (settings.format() != RowFormat.Auto) {
      return new Formats.Found(settings.format(), "dataset.format is " + settings.format());
    }
    return new FirstRow(settings).look(train);
  }

  private Formats.Found look(Found train) {
    train.files().forEach(this::look);
    if (found != null) {
      return new Formats.Found(found.format(), foundAt + " " + found.why());
    }
    throw refused(
        firstFault == null
            ? settings.train() + " has no rows"
            : "%s: no row holds fields: %s. One JSON object is expected in each line; a file that is one array is named .json"
                .formatted(settings.train(), firstFault));
  }

  private void look(DataFile file) {
    try (RowSource rows = RowSources.open(file)) {
      for (RawRow row = rows.next(); row != null; row = rows.next()) {
        try {
          take(row.origin(), row.fields());
          return;
        } catch (MalformedRowException e) {
          firstFault = firstFault == null ? row.origin() + " " + e.getMessage() : firstFault;
        }
      }
    }
  }

  private void take(RowOrigin at, ObjectNode row) {
    Formats.Found here = ofFields(at, row);
    if (found == null) {
      found = here;
      foundAt = at;
    } else if (here.format() != found.format()) {
      throw refused(
          ("the training data mixes formats: %s %s (%s), %s %s (%s). Give them one form, or set"
                  + " dataset.format to read one of them and drop the others")
              .formatted(foundAt, found.why(), found.format(), at, here.why(), here.format()));
    }
  }

  private Formats.Found ofFields(RowOrigin at, ObjectNode row) {
    return Formats.of(row, settings.textField())
        .orElseThrow(
            () ->
                refused(
                    ("%s: %s has none of `messages`, `conversations`, `input_ids`, `prompt`"
                            + " with `completion`, `instruction` with `output`, `%s`; its fields:"
                            + " %s. Set dataset.format and dataset.textField, or rename the field")
                        .formatted(settings.train(), at, settings.textField(), Fields.names(row))));
  }

  private static TrainerException refused(String why) {
    return new TrainerException(ExitCode.DataNotUsable, why);
  }
}
