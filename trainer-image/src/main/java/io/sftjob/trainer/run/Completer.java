package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.Chat;
import io.sftjob.trainer.chat.ChatFormat;
import io.sftjob.trainer.chat.ChatRenderer;
import io.sftjob.trainer.chat.RefusedChatException;
import io.sftjob.trainer.generate.GenerateOptions;
import io.sftjob.trainer.generate.Generator;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A model, perhaps with an adapter, that completes texts. */
public final class Completer implements AutoCloseable {
  private final AdaptedModel model;
  private final Tokenizer tokenizer;
  private final Path path;

  /** How tokens are chosen; the words are {@link GenerateOptions}'. */
  public record Choice(int maxNewTokens, double temperature, double topP, long seed) {}

  /**
   * What a user asks.
   *
   * @param chatTemplate instead of how the model's chats are written
   */
  public record Question(Optional<String> chatTemplate, Optional<String> system, String prompt) {}

  private Completer(Path path, AdaptedModel model, Tokenizer tokenizer) {
    this.path = path;
    this.model = model;
    this.tokenizer = tokenizer;
  }

  public static Completer load(AdaptedModel.Choice choice) {
    var model = AdaptedModel.load(choice);
    try {
      return new Completer(choice.model(), model, Tokenizers.load(choice.model()));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Answers a user's message, put as the model's chats are written. */
  public void answer(Question question, Choice choice, Consumer<String> text) {
    var messages = new ArrayList<Map<String, Object>>();
    question
        .system()
        .ifPresent(content -> messages.add(Map.of("role", "system", "content", content)));
    messages.add(Map.of("role", "user", "content", question.prompt()));
    var renderer = renderer(question.chatTemplate());
    try {
      var ids = renderer.prompt(new Chat(messages, Map.of()));
      complete(ids, renderer.stopIds(), choice, text);
    } catch (RefusedChatException e) {
      throw new TrainerException(ExitCode.DataNotUsable, e.getMessage(), e);
    }
  }

  private ChatRenderer renderer(Optional<String> chatTemplate) {
    return ChatFormat.find(chatTemplate, path, tokenizer)
        .orElseThrow(
            () ->
                new TrainerException(
                    ExitCode.ModelNotUsable,
                    path
                        + " has no chat template, and its family none that is built in; give"
                        + " --chat-template, or --raw to complete the text as it is"))
        .renderer(tokenizer, LocalDateTime.now());
  }

  /** Goes on with a text. */
  public void continueText(String prompt, Choice choice, Consumer<String> text) {
    var ids = new ArrayList<>(tokenizer.specialTokens().prefixIds());
    for (int id : tokenizer.encode(prompt).ids()) {
      ids.add(id);
    }
    complete(
        ids.stream().mapToInt(Integer::intValue).toArray(),
        tokenizer.specialTokens().stopIds(),
        choice,
        text);
  }

  private void complete(int[] prompt, Set<Integer> stopIds, Choice choice, Consumer<String> text) {
    var options =
        new GenerateOptions(
            choice.maxNewTokens(), choice.temperature(), choice.topP(), choice.seed(), stopIds);
    var stream = new TextStream(tokenizer, text);
    new Generator(model.model(), model.adapter()).generate(prompt, options, stream::add);
    stream.end();
  }

  @Override
  public void close() {
    model.close();
    tokenizer.close();
  }
}
