package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.ChatTemplate;
import io.sftjob.trainer.generate.GenerateOptions;
import io.sftjob.trainer.generate.Generator;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A model, perhaps with an adapter, that completes texts. */
public final class Completer implements AutoCloseable {
  private final AdaptedModel model;
  private final Tokenizer tokenizer;
  private final Path path;

  /** How tokens are chosen; the words are {@link GenerateOptions}'. */
  public record Choice(int maxNewTokens, double temperature, double topP, long seed) {}

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

  /** Answers a user's message in the words of the model's chat template. */
  public void answer(Optional<String> system, String prompt, Choice choice, Consumer<String> text) {
    String source =
        tokenizer
            .chatTemplate()
            .orElseThrow(
                () ->
                    new TrainerException(
                        ExitCode.ModelNotUsable,
                        path + " has no chat template; --raw completes the text as it is"));
    var messages = new ArrayList<Map<String, String>>();
    system.ifPresent(content -> messages.add(Map.of("role", "system", "content", content)));
    messages.add(Map.of("role", "user", "content", prompt));
    var rendered =
        ChatTemplate.compile(source, tokenizer.specialTokens(), LocalDateTime.now())
            .render(messages, Map.of(), true);
    complete(tokenizer.encode(rendered.text()).ids(), choice, text);
  }

  /** Goes on with a text. */
  public void continueText(String prompt, Choice choice, Consumer<String> text) {
    var ids = new ArrayList<>(tokenizer.specialTokens().prefixIds());
    for (int id : tokenizer.encode(prompt).ids()) {
      ids.add(id);
    }
    complete(ids.stream().mapToInt(Integer::intValue).toArray(), choice, text);
  }

  private void complete(int[] prompt, Choice choice, Consumer<String> text) {
    var options =
        new GenerateOptions(
            choice.maxNewTokens(),
            choice.temperature(),
            choice.topP(),
            choice.seed(),
            tokenizer.specialTokens().stopIds());
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
