package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.spec.RunSettings;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds in the first second what would fail after minutes. */
public final class Inputs {
  private Inputs() {}

  static void require(RunSettings settings) {
    require(settings.model(), "spec.model.uri", ExitCode.ModelNotUsable);
    for (Found data : Recipe.found(settings)) {
      data.files().forEach(f -> require(f.path(), "spec.dataset", ExitCode.DataNotUsable));
    }
    settings
        .firstAdapter()
        .ifPresent(a -> require(a, "spec.lora.initFrom.uri", ExitCode.ModelNotUsable));
  }

  /** Of a command's {@code --model}. */
  public static void requireModel(Path model) {
    require(model, "--model", ExitCode.ModelNotUsable);
  }

  static void require(Path path, String field, ExitCode code) {
    if (!Files.exists(path)) {
      throw new TrainerException(
          code,
          "%s: %s does not exist. Check the path, and that the claim holds it."
              .formatted(field, path));
    }
    if (!Files.isReadable(path)) {
      throw new TrainerException(
          ExitCode.StorageRefused,
          "%s: %s may not be read by user %s. Check its permissions."
              .formatted(field, path, System.getProperty("user.name")));
    }
  }
}
