package io.sftjob.trainer.data;

import io.sftjob.trainer.chat.ChatTemplate;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the assistant speaks in a text whose template does not say so: what a message adds to the
 * rendering of those before it with the generation prompt. That is sound only if each rendering
 * begins the whole text, which is checked.
 */
final class AssistantTurns {
  private static final String WAY_OUT =
      "; give dataset.chatTemplate with {% generation %} blocks, or loss: All";

  private AssistantTurns() {}

  static List<Span> find(ChatTemplate template, Row.Messages chat, String whole)
      throws UnusableRowException {
    List<Span> turns = new ArrayList<>();
    List<Map<String, Object>> messages = chat.messages();
    for (int i = 0; i < messages.size(); i++) {
      if ("assistant".equals(messages.get(i).get("role"))) {
        turns.add(turn(template, chat, whole, i));
      }
    }
    return turns;
  }

  private static Span turn(ChatTemplate template, Row.Messages chat, String whole, int i)
      throws UnusableRowException {
    List<Map<String, Object>> messages = chat.messages();
    String prompt = template.render(messages.subList(0, i), chat.extras(), true).text();
    boolean last = i == messages.size() - 1;
    String turn =
        last ? whole : template.render(messages.subList(0, i + 1), chat.extras(), false).text();
    if (!turn.startsWith(prompt)) {
      throw new UnusableRowException(
          DropReason.TurnsNotFound,
          "the template renders messages[%d] other than behind its generation prompt%s"
              .formatted(i, WAY_OUT));
    }
    if (!whole.startsWith(turn)) {
      throw new UnusableRowException(
          DropReason.TurnsNotFound,
          "the template renders messages[0..%d] otherwise when more messages follow%s"
              .formatted(i, WAY_OUT));
    }
    return new Span(prompt.length(), turn.length());
  }
}
