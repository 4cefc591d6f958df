package io.sftjob.trainer.cli;

import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.run.Completer;
import io.sftjob.trainer.run.Completer.Choice;
import io.sftjob.trainer.run.Completer.Question;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Mixin private ModelOptions model;

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "What the user says. Repeat it for several completions.")
  private List<String> prompts;

  @Option(names = "--system", paramLabel = "TEXT", description = "The system message.")
  private String system;

  @Mixin private ChatTemplateOption chatTemplate;

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

  @Override
  public Integer call() {
    return Reported.run(this::complete);
  }

  private void complete() {
    var choice = new Choice(maxNewTokens, temperature, topP, seed);
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (var completer = Completer.load(model.choice(ModelDtype.Auto))) {
      var template = chatTemplate.text();
      for (String prompt : prompts) {
        if (raw) {
          completer.continueText(prompt, choice, out::print);
        } else {
          var question = new Question(template, Optional.ofNullable(system), prompt);
          completer.answer(question, choice, out::print);
        }
        out.println();
      }
    }
  }
}
