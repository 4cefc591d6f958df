package io.sftjob.trainer.run;

import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.nio.file.Path;

/** A checkpoint's tokenizer alone. */
public final class Vocabularies {
  private Vocabularies() {}

  public static Tokenizer load(Path model) {
    Inputs.requireModel(model);
    return Tokenizers.load(model);
  }
}
