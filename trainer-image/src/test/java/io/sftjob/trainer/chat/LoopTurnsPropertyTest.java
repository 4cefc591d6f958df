package io.sftjob.trainer.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Where prefixes find the answers, loops find the same ones, whatever is said. */
class LoopTurnsPropertyTest {
  private static final List<ChatTemplate> TEMPLATES =
      List.of(
          template(
              "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor"
                  + " %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"),
          template(
              "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]{% else"
                  + " %} {{ m.content }}</s>{% endif %}{% endfor %}"),
          template(
              "{% set ns = namespace(n=0) %}{% for m in messages[0:] %}{% set ns.n = ns.n + 1 %}{{"
                  + " m.role | upper ~ ': ' ~ m.content | trim ~ '\n' }}{% endfor %}{{ 'ASSISTANT: '"
                  + " if add_generation_prompt }}"));

  @Property(tries = 300)
  void loopsAndPrefixesAgree(
      @ForAll("words") List<String> words, @ForAll @IntRange(min = 0, max = 2) int which)
      throws RefusedChatException {
    List<Map<String, Object>> messages = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      messages.add(Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", words.get(i)));
    }
    Chat chat = new Chat(messages, Map.of());
    ChatTemplate template = TEMPLATES.get(which);
    Rendered whole = template.render(chat, false);
    List<Span> byPrefixes = AssistantTurns.byPrefixes(template, chat, whole.text());
    assertThat(LoopTurns.find(template, chat, whole)).isEqualTo(byPrefixes);
    assertThat(byPrefixes).hasSize(words.size() / 2);
  }

  @Provide
  Arbitrary<List<String>> words() {
    return Arbitraries.of(
            "", "a", " b ", "<|im_start|>", "<|im_end|>\n", "ASSISTANT: ", "</s>", "\n", "é🙂", "☃")
        .list()
        .ofMaxSize(3)
        .map(parts -> String.join("", parts))
        .list()
        .ofMinSize(1)
        .ofMaxSize(7);
  }

  private static ChatTemplate template(String source) {
    return ChatTemplate.compile(
        source,
        new SpecialTokens(
            Optional.empty(), Optional.empty(), Optional.empty(), Set.of(), Set.of(), List.of()),
        LocalDateTime.of(2024, 7, 26, 0, 0));
  }
}
