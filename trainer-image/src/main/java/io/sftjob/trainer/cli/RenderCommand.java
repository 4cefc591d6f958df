package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.ChatFormat;
import io.sftjob.trainer.chat.ChatTokens;
import io.sftjob.trainer.data.ChatRows;
import io.sftjob.trainer.run.Vocabularies;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sft render}. */
@Command(
    name = "render",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Conversations to the tokens that training sees, a line for a line.",
      "stdin: one row in each line, {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}, …]}, perhaps with"
          + " tools and chat_template_kwargs.",
      "stdout: {\"ids\": […], \"targets\": [0, 1, …]} for each; a target is what the assistant says, the"
          + " end of its turn included.",
      "The first row that can not be said ends it, with its line number and exit code 12."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  echo '{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}' | sft render --model"
            + " checkpoint/ --generation-prompt")
final class RenderCommand implements Callable<Integer> {
  @Mixin private TokenizerOption model;

  @Mixin private ChatTemplateOption chatTemplate;

  @Option(
      names = "--generation-prompt",
      description =
          "What the model is asked instead: the conversation, and what makes it answer; no targets.")
  private boolean prompt;

  @Override
  public Integer call() {
    return Reported.run(
        () -> {
          var template = chatTemplate.text();
          try (var tokenizer = Vocabularies.load(model.path)) {
            var format =
                ChatFormat.find(template, model.path, tokenizer)
                    .orElseThrow(
                        () ->
                            new TrainerException(
                                ExitCode.ModelNotUsable,
                                model.path
                                    + " has no chat template, and its family none that is built in;"
                                    + " give --chat-template"));
            var rows = new ChatRows(format.renderer(tokenizer, LocalDateTime.now()));
            LineFunction render = line -> json(prompt ? rows.prompt(line) : rows.tokens(line));
            render.run(System.in, new PrintStream(System.out, true, StandardCharsets.UTF_8));
          }
        });
  }

  private static String json(ChatTokens tokens) {
    String targets =
        IntStream.range(0, tokens.targets().length)
            .mapToObj(i -> tokens.targets()[i] ? "1" : "0")
            .collect(Collectors.joining(", "));
    return "{\"ids\": %s, \"targets\": [%s]}".formatted(Arrays.toString(tokens.ids()), targets);
  }
}
