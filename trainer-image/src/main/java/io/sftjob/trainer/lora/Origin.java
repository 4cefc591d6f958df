package io.sftjob.trainer.lora;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;

/**
 * Who wrote a configuration, so that what is wrong in it is named by its own words.
 *
 * @param file an adapter's configuration; null: a job's spec
 */
record Origin(String file) {
  static final Origin SPEC = new Origin(null);

  /** The fields that name modules. */
  enum Field {
    TARGET_MODULES("targetModules", "target_modules"),
    TARGET_MODULES_REGEX("targetModulesRegex", "target_modules"),
    EXCLUDE_MODULES(null, "exclude_modules"),
    LAYERS_PATTERN(null, "layers_pattern"),
    RANK_PATTERN("rankPattern", "rank_pattern"),
    ALPHA_PATTERN("alphaPattern", "alpha_pattern"),
    MODULES_TO_SAVE("modulesToSave", "modules_to_save");

    private final String inSpec;
    private final String inPeft;

    Field(String inSpec, String inPeft) {
      this.inSpec = inSpec;
      this.inPeft = inPeft;
    }
  }

  /** What is written by hand has no useless entries; PEFT's files may, as PEFT ignores them. */
  boolean isSpec() {
    return file == null;
  }

  TrainerException refused(Field field, String message, Object... values) {
    return isSpec()
        ? new TrainerException(
            ExitCode.InvalidSpec, "spec.lora." + field.inSpec + ": " + message.formatted(values))
        : new TrainerException(
            ExitCode.ModelNotUsable,
            "%s: `%s`: %s".formatted(file, field.inPeft, message.formatted(values)));
  }
}
