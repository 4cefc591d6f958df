package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.ChatFormat;
import io.sftjob.trainer.chat.ChatRenderer;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How rows are read and encoded, decided once before the first of them.
 *
 * @param stopIds one of them should end what is trained on
 */
record RowPlan(RowReader reader, RowEncoder encoder, Set<Integer> stopIds, Detection detection) {

  /**
   * @param train the files of settings.train()
   */
  static RowPlan of(DataSettings settings, Found train, Tokenizer tokenizer) {
    Formats.Found found = FirstRow.look(settings, train);
    List<String> notes = new ArrayList<>(train.notes());
    notes.add("Format %s: %s".formatted(found.format(), found.why()));
    LossOn loss = Losses.of(found.format(), settings.loss(), notes);
    return switch (found.format()) {
      case Text ->
          plan(
              found,
              loss,
              notes,
              RowReader.text(settings.textField()),
              new TextEncoder(tokenizer),
              tokenizer);
      case Instruction ->
          plan(
              found,
              loss,
              notes,
              new AlpacaReader(),
              new CompletionEncoder(tokenizer, loss),
              tokenizer);
      case Tokenized ->
          plan(
              found,
              loss,
              notes,
              new TokenizedReader(tokenizer.vocabSize(), settings.loss().orElse(null)),
              row -> ((Row.Tokenized) row).tokens(),
              tokenizer);
      case PromptCompletion -> completions(settings, tokenizer, loss, notes);
      case Messages, ShareGpt -> messages(settings, tokenizer, found.format(), loss, notes);
      case Auto -> throw new IllegalStateException("Auto is no format of rows");
    };
  }

  private static RowPlan plan(
      Formats.Found found,
      LossOn loss,
      List<String> notes,
      RowReader reader,
      RowEncoder encoder,
      Tokenizer tokenizer) {
    return new RowPlan(
        reader,
        encoder,
        tokenizer.specialTokens().stopIds(),
        new Detection(found.format(), loss, notes));
  }

  private static RowPlan messages(
      DataSettings settings, Tokenizer tokenizer, RowFormat rows, LossOn loss, List<String> notes) {
    ChatRenderer renderer =
        renderer(settings, tokenizer, notes)
            .orElseThrow(
                () ->
                    new TrainerException(
                        ExitCode.DataNotUsable,
                        "the rows hold `messages`, but the checkpoint has no chat template, and"
                            + " its family none that is built in; set dataset.chatTemplate"));
    if (loss == LossOn.Assistant) {
      notes.addAll(renderer.notes());
    }
    MessagesReader messages = new MessagesReader(renderer.roles());
    return new RowPlan(
        rows == RowFormat.ShareGpt ? new ShareGptReader(messages) : messages,
        new ChatEncoder(renderer, loss),
        renderer.stopIds(),
        new Detection(rows, loss, notes));
  }

  /** The rows may be strings or messages; only the latter need a chat format. */
  private static RowPlan completions(
      DataSettings settings, Tokenizer tokenizer, LossOn loss, List<String> notes) {
    Optional<ChatRenderer> renderer = renderer(settings, tokenizer, notes);
    List<String> roles = renderer.map(ChatRenderer::roles).orElse(List.of("user", "assistant"));
    return new RowPlan(
        new CompletionReader(new MessagesReader(roles)),
        new EitherCompletion(
            loss == LossOn.Assistant
                ? Optional.empty()
                : Optional.of(new CompletionEncoder(tokenizer, loss)),
            renderer.map(chat -> new ChatCompletionEncoder(chat, loss))),
        renderer.map(ChatRenderer::stopIds).orElse(tokenizer.specialTokens().stopIds()),
        new Detection(RowFormat.PromptCompletion, loss, notes));
  }

  private static Optional<ChatRenderer> renderer(
      DataSettings settings, Tokenizer tokenizer, List<String> notes) {
    Optional<ChatFormat> format =
        ChatFormat.find(settings.chatTemplate(), settings.model(), tokenizer);
    format.ifPresent(found -> notes.add("Chats are written by " + found.origin()));
    return format.map(found -> found.renderer(tokenizer, settings.templateTime()));
  }
}
