package io.sftjob.trainer.chat;

import io.sftjob.trainer.chat.jinja.JinjaException;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Pass;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the assistant speaks in a text whose template renders earlier turns otherwise than the last
 * (Qwen3 leaves out their thoughts): what the template's loop writes while it holds the message,
 * without the header that the generation prompt gives. Checked: the last answer has the context
 * that a prompt for it has; each answer has one such part; it does not hang on what others say; its
 * header is the generation prompt, or the answer begins where the two part.
 */
final class LoopTurns {
  /** Stands in for what others say, and for an answer; no template's own text begins so. */
  private static final String PROBE = "\u2603";

  private final ChatTemplate template;
  private final Chat chat;
  private final Rendered whole;

  private LoopTurns(ChatTemplate template, Chat chat, Rendered whole) {
    this.template = template;
    this.chat = chat;
    this.whole = whole;
  }

  static List<Span> find(ChatTemplate template, Chat chat, Rendered whole)
      throws RefusedChatException {
    return new LoopTurns(template, chat, whole).find();
  }

  private List<Span> find() throws RefusedChatException {
    Rendered probed = render(chat(i -> !answers(i)), false);
    List<Span> turns = new ArrayList<>();
    int last = chat.messages().size() - 1;
    for (int i = 0; i <= last; i++) {
      if (answers(i)) {
        Span part = part(whole, i);
        String text = text(whole, part);
        if (!text.equals(text(probed, part(probed, i)))) {
          throw notFound("what it writes for messages[%d] hangs on other messages".formatted(i));
        }
        // Behind the last message, a template may end the text (Phi-3 with an eos).
        int end = i == last ? whole.text().length() : part.end();
        turns.add(new Span(part.start() + header(i, text), end));
      }
    }
    requireLastContext();
    return turns;
  }

  /** Mistral's templates show a system message in a prompt, but not before an answer. */
  private void requireLastContext() throws RefusedChatException {
    int last = chat.messages().size() - 1;
    while (last >= 0 && !answers(last)) {
      last--;
    }
    if (last > 0) {
      String before = whole.text().substring(0, part(whole, last).start());
      if (!render(chat.until(last), true).text().startsWith(before)) {
        throw notFound("what comes before messages[%d] is not what a prompt says".formatted(last));
      }
    }
  }

  /** The length of what the prompt gives of the turn. */
  private int header(int i, String turn) throws RefusedChatException {
    String prompt = generationPrompt(i);
    if (turn.startsWith(prompt)) {
      return prompt.length();
    }
    Rendered probed = render(chat(j -> j == i), false);
    String probe = text(probed, part(probed, i));
    int common = 0;
    while (common < Math.min(probe.length(), prompt.length())
        && probe.charAt(common) == prompt.charAt(common)) {
      common++;
    }
    if (!probe.startsWith(PROBE, common) || !turn.startsWith(prompt.substring(0, common))) {
      throw notFound("messages[%d] does not begin as the generation prompt does".formatted(i));
    }
    return common;
  }

  /** What is written behind the last message before an answer. */
  private String generationPrompt(int i) throws RefusedChatException {
    Rendered prompt = render(chat.until(i), true);
    if (prompt.passes().isEmpty()) {
      throw notFound("no loop over the messages writes those before messages[%d]".formatted(i));
    }
    return prompt.text().substring(prompt.passes().getLast().span().end());
  }

  private Rendered render(Chat chat, boolean addGenerationPrompt) throws RefusedChatException {
    try {
      return template.render(chat, addGenerationPrompt);
    } catch (JinjaException e) {
      if (e.endless()) {
        throw e;
      }
      throw notFound("it refuses a part of the messages: " + e.getMessage());
    }
  }

  private static Span part(Rendered rendered, int message) throws RefusedChatException {
    List<Span> parts =
        rendered.passes().stream().filter(p -> p.message() == message).map(Pass::span).toList();
    if (parts.size() != 1) {
      throw notFound(
          "no loop over the messages writes messages[%d] in one piece".formatted(message));
    }
    return parts.getFirst();
  }

  private static String text(Rendered rendered, Span part) {
    return rendered.text().substring(part.start(), part.end());
  }

  private boolean answers(int i) {
    return "assistant".equals(chat.messages().get(i).get("role"));
  }

  private interface Choice {
    boolean of(int message);
  }

  /** The chat with other words in some messages. */
  private Chat chat(Choice probed) {
    List<Map<String, Object>> messages = new ArrayList<>();
    for (int i = 0; i < chat.messages().size(); i++) {
      Map<String, Object> message = new HashMap<>(chat.messages().get(i));
      if (probed.of(i)) {
        message.put("content", PROBE);
      }
      messages.add(message);
    }
    return new Chat(messages, chat.extras());
  }

  private static RefusedChatException notFound(String message) {
    return new RefusedChatException(Refusal.TurnsNotFound, message);
  }
}
