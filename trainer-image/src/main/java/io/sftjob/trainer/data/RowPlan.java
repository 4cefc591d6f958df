package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.chat.ChatFormat;
import io.sftjob.trainer.chat.ChatRenderer;
import io.sftjob.trainer.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How rows are read and encoded, decided once before the first of them.
 *
 * @param stopIds one of them should end what is trained on
 */
record RowPlan(RowReader reader, RowEncoder encoder, Set<Integer> stopIds, Detection detection) {

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
        tokenizer.specialTokens().stopIds(),
        new Detection(RowFormat.Text, LossOn.All, notes));
  }

  private static RowPlan messages(DataSettings settings, Tokenizer tokenizer, List<String> notes) {
    ChatFormat format =
        ChatFormat.find(settings.chatTemplate(), settings.model(), tokenizer)
            .orElseThrow(
                () ->
                    new TrainerException(
                        ExitCode.DataNotUsable,
                        "the rows hold `messages`, but the checkpoint has no chat template, and"
                            + " its family none that is built in; set dataset.chatTemplate"));
    ChatRenderer renderer = format.renderer(tokenizer, settings.templateTime());
    LossOn loss = settings.loss().orElse(LossOn.Assistant);
    notes.add("Chats are written by " + format.origin());
    if (loss == LossOn.All) {
      notes.add("Loss All: every token but the first of a document is a target");
    } else {
      notes.add("Loss Assistant: the assistant's turns and their ends are targets");
      notes.addAll(renderer.notes());
    }
    return new RowPlan(
        RowReader.messages(renderer.roles()),
        new ChatEncoder(renderer, loss),
        renderer.stopIds(),
        new Detection(RowFormat.Messages, loss, notes));
  }
}
