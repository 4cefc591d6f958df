package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import java.nio.file.Path;
import java.util.Locale;

/** Where results go, and what the job is called. */
final class Output {
  private static final int NAME_LENGTH = 52;
  private static final String FOLDER = "output_dir";

  private Output() {}

  static void map(Carrier carrier, Places places) {
    String folder = carrier.arguments().text(FOLDER);
    var place = places.of(folder == null ? "runs/" + name(carrier.arguments()) : folder, "");
    carrier.set(FOLDER, "output.uri", place.uri());
    if (place.elsewhere()) {
      carrier.note(
          Kind.ToDo, FOLDER, "the results go to %s, or write where".formatted(place.uri()));
    }
  }

  /** Of the run, else of its folder, else of the model; a Kubernetes name. */
  static String name(Arguments arguments) {
    for (String from : new String[] {"run_name", FOLDER, Models.NAME}) {
      String text = arguments.text(from);
      if (text != null) {
        String name = kubernetes(Path.of(text).normalize().getFileName());
        if (!name.isEmpty()) {
          return name;
        }
      }
    }
    return "imported";
  }

  private static String kubernetes(Path last) {
    String name =
        (last == null ? "" : last.toString())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceFirst("^-+", "");
    return name.substring(0, Math.min(name.length(), NAME_LENGTH)).replaceFirst("-+$", "");
  }
}
