package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.nio.file.Path;

/** A checkpoint's tokenizer alone. */
public final class Vocabularies {
  private Vocabularies() {}

  public static Tokenizer load(Path model) {
    Inputs.require(model, "--model", ExitCode.ModelNotUsable);
    return Tokenizers.load(model);
  }
}
