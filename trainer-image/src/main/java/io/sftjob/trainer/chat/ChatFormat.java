package io.sftjob.trainer.chat;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;

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
   * The spec's template, else the checkpoint's own, else what the family's authors do in code.
   *
   * @param model the checkpoint: a folder, or a file
   * @throws TrainerException for a config.json that can not be read
   */
  static Optional<ChatFormat> find(Optional<String> own, Path model, Tokenizer tokenizer) {
    return own.<ChatFormat>map(text -> new Template(text, true))
        .or(() -> tokenizer.chatTemplate().map(text -> new Template(text, false)))
        .or(() -> NativeFormat.find(model, tokenizer));
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
  }
}
