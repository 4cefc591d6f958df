package io.sftjob.trainer.chat;

import io.sftjob.trainer.chat.jinja.JinjaException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a template keeps what an assistant thinks before it answers. */
final class Thoughts {
  private static final Chat PROBE =
      new Chat(
          List.of(
              Map.of("role", "user", "content", "first question"),
              Map.of("role", "assistant", "content", thinking("first")),
              Map.of("role", "user", "content", "second question"),
              Map.of("role", "assistant", "content", thinking("second"))),
          Map.of());
  private static final String WAY_OUT =
      " To train on them, give dataset.chatTemplate, such as TRL's training template of the family";

  private Thoughts() {}

  private static String thinking(String place) {
    return "<think>\n%s thought\n</think>\n\n%s answer".formatted(place, place);
  }

  /**
   * A sentence if they are left out somewhere.
   *
   * @throws JinjaException only for a template that goes beyond all limits
   */
  static Optional<String> note(ChatTemplate template) {
    try {
      String text = template.render(PROBE, false).text();
      if (text.contains("second thought")) {
        return text.contains("first thought")
            ? Optional.empty()
            : Optional.of(
                "The chat template leaves thoughts (<think>…</think>) out of answers before the"
                    + " last question: such answers are trained without them."
                    + WAY_OUT);
      }
      return text.contains("second answer")
          ? Optional.of(
              "The chat template leaves thoughts (<think>…</think>) out of all answers." + WAY_OUT)
          : Optional.empty();
    } catch (JinjaException e) {
      if (e.beyondLimits()) {
        throw e;
      }
      // A template that takes no such conversation says so for each row.
      return Optional.empty();
    }
  }
}
