package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.ChatTemplate;
import io.sftjob.trainer.chat.jinja.JinjaException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** How rows are read and encoded, decided once before the first of them. */
record RowPlan(RowReader reader, RowEncoder encoder, Detection detection) {

  static RowPlan of(DataSettings settings, Tokenizer tokenizer) {
    FirstRow.Found found = FirstRow.look(settings);
    List<String> notes = new ArrayList<>();
    notes.add("Format %s: %s".formatted(found.format(), found.why()));
    return found.format() == RowFormat.Messages
        ? messages(settings, tokenizer, notes)
        : text(settings, tokenizer, notes);
  }

  private static RowPlan text(DataSettings settings, Tokenizer tokenizer, List<String> notes) {
    if (settings.loss().orElse(LossOn.All) != LossOn.All) {
      throw new TrainerException(
          ExitCode.DataNotUsable,
          "dataset.loss is Assistant, but Text rows know no assistant; use All, or rows with"
              + " `messages`");
    }
    notes.add("Loss All: every token but the first of a document is a target");
    return new RowPlan(
        RowReader.text(settings.textField()),
        new TextEncoder(tokenizer),
        new Detection(RowFormat.Text, LossOn.All, notes));
  }

  private static RowPlan messages(DataSettings settings, Tokenizer tokenizer, List<String> notes) {
    boolean own = settings.chatTemplate().isPresent();
    String source =
        settings
            .chatTemplate()
            .or(tokenizer::chatTemplate)
            .orElseThrow(
                () ->
                    new TrainerException(
                        ExitCode.DataNotUsable,
                        "the rows hold `messages`, but the checkpoint has no chat template; set"
                            + " dataset.chatTemplate"));
    ChatTemplate template = compile(source, own, settings, tokenizer);
    LossOn loss = settings.loss().orElse(LossOn.Assistant);
    notes.add("Chat template: " + (own ? "dataset.chatTemplate" : "the checkpoint's own"));
    notes.add(
        loss == LossOn.All
            ? "Loss All: every token but the first of a document is a target"
            : "Loss Assistant: the assistant's turns are "
                + (template.marksGeneration()
                    ? "the template's generation blocks"
                    : "what each adds to the rendering of the messages before it"));
    return new RowPlan(
        RowReader.messages(),
        new ChatEncoder(template, tokenizer, loss),
        new Detection(RowFormat.Messages, loss, notes));
  }

  private static ChatTemplate compile(
      String source, boolean own, DataSettings settings, Tokenizer tokenizer) {
    try {
      return ChatTemplate.compile(source, tokenizer.specialTokens(), settings.templateTime());
    } catch (JinjaException e) {
      throw new TrainerException(
          own ? ExitCode.InvalidSpec : ExitCode.ModelNotUsable,
          "%s can not be used: %s%s"
              .formatted(
                  own ? "dataset.chatTemplate" : "the checkpoint's chat template",
                  e.getMessage(),
                  own ? "" : "; give another as dataset.chatTemplate"),
          e);
    }
  }
}
