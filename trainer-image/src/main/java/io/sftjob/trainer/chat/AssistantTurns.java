package io.sftjob.trainer.chat;

import io.sftjob.trainer.chat.jinja.JinjaException;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the assistant speaks in a text whose template does not say so: what a message adds to the
 * rendering of those before it with the generation prompt. That is sound only if each rendering
 * begins the whole text, which is checked; where it does not, {@link LoopTurns} looks closer.
 */
final class AssistantTurns {
  private static final String WAY_OUT =
      "; give dataset.chatTemplate with {% generation %} blocks, or loss: All";

  private AssistantTurns() {}

  static List<Span> find(ChatTemplate template, Chat chat, Rendered whole)
      throws RefusedChatException {
    try {
      return byPrefixes(template, chat, whole.text());
    } catch (RefusedChatException prefixes) {
      try {
        return LoopTurns.find(template, chat, whole);
      } catch (RefusedChatException loops) {
        throw new RefusedChatException(
            Refusal.TurnsNotFound, prefixes.getMessage() + ", and " + loops.getMessage() + WAY_OUT);
      }
    }
  }

  static List<Span> byPrefixes(ChatTemplate template, Chat chat, String whole)
      throws RefusedChatException {
    List<Span> turns = new ArrayList<>();
    List<Map<String, Object>> messages = chat.messages();
    for (int i = 0; i < messages.size(); i++) {
      if ("assistant".equals(messages.get(i).get("role"))) {
        turns.add(turn(template, chat, whole, i));
      }
    }
    return turns;
  }

  private static Span turn(ChatTemplate template, Chat chat, String whole, int i)
      throws RefusedChatException {
    String prompt = prompt(template, chat, i);
    boolean last = i == chat.messages().size() - 1;
    String turn = last ? whole : template.render(chat.until(i + 1), false).text();
    if (!turn.startsWith(prompt)) {
      throw new RefusedChatException(
          Refusal.TurnsNotFound,
          "the template renders messages[%d] other than behind its generation prompt".formatted(i));
    }
    if (!whole.startsWith(turn)) {
      throw new RefusedChatException(
          Refusal.TurnsNotFound,
          "the template renders messages[0..%d] otherwise when more messages follow".formatted(i));
    }
    return new Span(prompt.length(), turn.length());
  }

  private static String prompt(ChatTemplate template, Chat chat, int i)
      throws RefusedChatException {
    try {
      return template.render(chat.until(i), true).text();
    } catch (JinjaException e) {
      if (i > 0 || e.endless()) {
        throw e;
      }
      throw new RefusedChatException(
          Refusal.TurnsNotFound,
          "messages[0] is an answer before any question, and the template has no prompt for that");
    }
  }
}
