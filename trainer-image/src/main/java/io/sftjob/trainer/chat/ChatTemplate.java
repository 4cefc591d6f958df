package io.sftjob.trainer.chat;

import io.sftjob.trainer.chat.jinja.JinjaTemplate;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A checkpoint's chat template: messages to the text that the model sees. Thread-safe. */
public final class ChatTemplate {
  private static final List<String> REASONING =
      List.of("reasoning_content", "thinking", "reasoning");

  private final JinjaTemplate template;
  private final Map<String, Object> constants = new HashMap<>();
  private final LocalDateTime now;

  private ChatTemplate(JinjaTemplate template, SpecialTokens specials, LocalDateTime now) {
    this.template = template;
    this.now = now;
    specials.bos().ifPresent(t -> constants.put("bos_token", t.text()));
    specials.eos().ifPresent(t -> constants.put("eos_token", t.text()));
    specials.pad().ifPresent(t -> constants.put("pad_token", t.text()));
    constants.put("tools", null);
    constants.put("documents", null);
  }

  /**
   * @param now what {@code strftime_now} says; fixed, so that the same rows give the same text in a
   *     resumed run
   * @throws io.sftjob.trainer.chat.jinja.JinjaException for a template that can not be used
   */
  public static ChatTemplate compile(String source, SpecialTokens specials, LocalDateTime now) {
    return new ChatTemplate(JinjaTemplate.parse(source), specials, now);
  }

  /** Whether the template itself marks what the assistant says. */
  public boolean marksGeneration() {
    return template.marksGeneration();
  }

  /**
   * Messages are put as transformers puts them: without fields that are null, and with an answer's
   * reasoning under all of its names.
   *
   * @throws io.sftjob.trainer.chat.jinja.JinjaException if the template refuses the messages
   */
  public Rendered render(Chat chat, boolean addGenerationPrompt) {
    Map<String, Object> variables = new HashMap<>(constants);
    variables.putAll(chat.extras());
    variables.put("messages", chat.messages().stream().map(ChatTemplate::normalized).toList());
    variables.put("add_generation_prompt", addGenerationPrompt);
    return template.render(variables, now);
  }

  private static Map<String, Object> normalized(Map<String, Object> message) {
    Map<String, Object> fields = new LinkedHashMap<>(message);
    fields.values().removeIf(Objects::isNull);
    REASONING.stream()
        .map(fields::get)
        .filter(Objects::nonNull)
        .findFirst()
        .ifPresent(
            reasoning -> {
              fields.putIfAbsent("thinking", reasoning);
              fields.put("reasoning_content", reasoning);
            });
    return fields;
  }
}
