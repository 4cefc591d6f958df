package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.gguf.GgufFile;
import java.nio.file.Path;

/** Finds the tokenizer of a checkpoint. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * @param model a folder with tokenizer.json, or a .gguf file
   * @throws io.sftjob.trainer.TrainerException if there is none that can be used
   */
  public static Tokenizer load(Path model) {
    return JsonTokenizer.load(
        model.getFileName().toString().endsWith(".gguf")
            ? ofGguf(model)
            : TokenizerFolder.read(model));
  }

  private static TokenizerSource ofGguf(Path model) {
    try (GgufFile file = GgufFile.open(model)) {
      return GgufVocabulary.read(model.toString(), file.metadata());
    }
  }
}
