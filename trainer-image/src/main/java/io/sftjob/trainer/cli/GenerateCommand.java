package io.sftjob.trainer.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sft generate}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Complete prompts with a model, with or without an adapter.")
final class GenerateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "A folder with config.json and safetensors, or a .gguf file.")
  private Path model;

  @Option(names = "--adapter", paramLabel = "DIR", description = "A LoRA adapter in PEFT's format.")
  private Path adapter;

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "Repeat for several.")
  private List<String> prompts;

  @Override
  public Integer call() {
    throw new UnsupportedOperationException();
  }
}
