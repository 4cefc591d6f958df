package io.sftjob.trainer.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whose tokenizer: no weights are needed. */
final class TokenizerOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "A folder with a checkpoint's tokenizer (no weights needed), or a .gguf file.")
  Path path;
}
