package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.imports.Note.Kind;

/** The checkpoint. */
final class Models {
  static final String NAME = "model_name_or_path";
  static final String DTYPE = "model.dtype";

  private Models() {}

  static void map(Carrier carrier, Places places) {
    String model = carrier.arguments().text(NAME);
    if (model == null) {
      throw new TrainerException(ExitCode.InvalidSpec, "--" + NAME + " is missing");
    }
    var place = places.of(model, "models");
    carrier.set(NAME, "model.uri", place.uri());
    if (place.elsewhere()) {
      carrier.note(
          Kind.ToDo,
          NAME,
          "put the checkpoint's folder at %s, or write where it is".formatted(place.uri()));
    }
  }

  static String dtype(String name, String dtype) {
    return switch (dtype) {
      case null -> "Auto";
      case "auto" -> "Auto";
      case "float32" -> "Float32";
      case "bfloat16" -> "BFloat16";
      case "float16" -> "Float16";
      default -> throw Values.invalid(name, dtype, "auto, bfloat16, float16 or float32");
    };
  }
}
