package io.sftjob.trainer.chat;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Where the words around messages come from. */
public sealed interface ChatFormat permits ChatFormat.Template, NativeFormat {
  /** For a person: what was chosen. */
  String origin();

  /** Equal identities and tokenizers give equal tokens. */
  String identity();

  /**
   * @param now what {@code strftime_now} says in a template; fixed, so that the same rows give the
   *     same text in a resumed run
   * @throws TrainerException if it can not be used
   */
  ChatRenderer renderer(Tokenizer tokenizer, LocalDateTime now);

  /**
   * The spec's template, else the checkpoint's own, else what the family's authors do in code. That
   * goes before a checkpoint's template that ends no answer (ChatGLM3's): the model would not learn
   * to stop.
   *
   * @param model the checkpoint: a folder, or a file
   * @throws TrainerException for a config.json that can not be read
   */
  static Optional<ChatFormat> find(Optional<String> own, Path model, Tokenizer tokenizer) {
    if (own.isPresent()) {
      return own.map(text -> new Template(text, true));
    }
    Optional<Template> template = tokenizer.chatTemplate().map(text -> new Template(text, false));
    Optional<NativeFormat> code = NativeFormat.find(model, tokenizer);
    if (template.isPresent() && code.isPresent() && !template.get().endsAnswers(tokenizer)) {
      return code.map(NativeFormat::insteadOfTemplate);
    }
    return template.<ChatFormat>map(Function.identity()).or(() -> code);
  }

  /**
   * A Jinja template.
   *
   * @param own of the spec, not of the checkpoint
   */
  record Template(String text, boolean own) implements ChatFormat {
    @Override
    public String origin() {
      return own ? "dataset.chatTemplate" : "the checkpoint's chat template";
    }

    @Override
    public String identity() {
      return text;
    }

    @Override
    public ChatRenderer renderer(Tokenizer tokenizer, LocalDateTime now) {
      return JinjaRenderer.of(this, tokenizer, now);
    }

    /** True too for a template that can not be used: that is said when it is. */
    boolean endsAnswers(Tokenizer tokenizer) {
      try {
        ChatRenderer renderer = renderer(tokenizer, LocalDate.EPOCH.atStartOfDay());
        ChatTokens answered =
            renderer.tokens(
                new Chat(
                    List.of(
                        Map.of("role", "user", "content", "question"),
                        Map.of("role", "assistant", "content", "answer")),
                    Map.of()));
        return IntStream.range(0, answered.ids().length)
            .filter(i -> answered.targets()[i])
            .anyMatch(i -> renderer.stopIds().contains(answered.ids()[i]));
      } catch (TrainerException | RefusedChatException e) {
        return true;
      }
    }
  }
}
