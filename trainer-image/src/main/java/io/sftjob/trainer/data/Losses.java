package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.util.List;
import java.util.Optional;

/** Which targets a format can have, and which it has by default. */
final class Losses {
  private Losses() {}

  /**
   * @param notes gets the sentence that says what was decided
   */
  static LossOn of(RowFormat format, Optional<LossOn> asked, List<String> notes) {
    asked.ifPresent(loss -> refuseImpossible(format, loss));
    if (format == RowFormat.Tokenized && asked.isEmpty()) {
      notes.add("Targets are what each row's labels and masks say; all tokens without these");
      return LossOn.All;
    }
    LossOn loss = asked.orElse(byDefault(format));
    notes.add(
        switch (loss) {
          case All -> "Loss All: every token but the first of a document is a target";
          case Completion -> "Loss Completion: what stands behind the prompt is a target";
          case Assistant -> "Loss Assistant: the assistant's turns and their ends are targets";
        });
    return loss;
  }

  private static LossOn byDefault(RowFormat format) {
    return switch (format) {
      case Messages, ShareGpt -> LossOn.Assistant;
      case PromptCompletion, Instruction -> LossOn.Completion;
      default -> LossOn.All;
    };
  }

  private static void refuseImpossible(RowFormat format, LossOn loss) {
    boolean possible =
        switch (format) {
          case Text -> loss == LossOn.All;
          case Instruction -> loss != LossOn.Assistant;
          case Messages, ShareGpt -> loss != LossOn.Completion;
          default -> true;
        };
    if (!possible) {
      throw new TrainerException(
          ExitCode.DataNotUsable,
          "dataset.loss is %s, but %s rows know no %s; leave dataset.loss out for %s, or use other rows"
              .formatted(
                  loss,
                  format,
                  loss == LossOn.Assistant ? "assistant" : "completion",
                  byDefault(format)));
    }
  }
}
