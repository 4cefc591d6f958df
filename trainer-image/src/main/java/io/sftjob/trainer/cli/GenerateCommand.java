package io.sftjob.trainer.cli;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.run.Completer;
import io.sftjob.trainer.run.Completer.Choice;
import io.sftjob.trainer.run.Failures;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sft generate}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Complete prompts with a model, with or without an adapter.",
      "Completions go to stdout as they come, one paragraph per prompt."
    })
final class GenerateCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(GenerateCommand.class);

  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "A folder with config.json and safetensors, or a .gguf file.")
  private Path model;

  @Option(names = "--adapter", paramLabel = "DIR", description = "A LoRA adapter in PEFT's files.")
  private Path adapter;

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "What the user says. Repeat it for several completions.")
  private List<String> prompts;

  @Option(names = "--system", paramLabel = "TEXT", description = "The system message.")
  private String system;

  @Option(
      names = "--raw",
      description = "Complete the text as it is, without the model's chat template.")
  private boolean raw;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "At most so many (default ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 takes the likeliest token each time (default).")
  private double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Choose among the likeliest tokens that together reach P (default 1).")
  private double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of the choice (default ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of computation.")
  private Integer threads;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "auto, cpu or cuda:N.")
  private String device;

  @Override
  public Integer call() {
    Logging.warningsOnly();
    var choice = new Choice(maxNewTokens, temperature, topP, seed);
    var count = threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (var completer = Completer.load(model, Optional.ofNullable(adapter), device, count)) {
      for (String prompt : prompts) {
        if (raw) {
          completer.continueText(prompt, choice, out::print);
        } else {
          completer.answer(Optional.ofNullable(system), prompt, choice, out::print);
        }
        out.println();
      }
      return 0;
    } catch (TrainerException e) {
      var failure = Failures.of(e);
      LOG.error(failure.message());
      return failure.code().code();
    }
  }
}
