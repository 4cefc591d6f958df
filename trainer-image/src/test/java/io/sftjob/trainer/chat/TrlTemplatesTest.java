package io.sftjob.trainer.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.trainer.chat.jinja.JinjaException;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The chat templates that TRL ships, as their publishers wrote them, and TRL's variants with
 * generation blocks: rendered as transformers renders them, and answers found where TRL's blocks
 * are (fixtures/chat-masks).
 */
class TrlTemplatesTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);
  private static final JsonNode FIXTURE = read();
  private static final int LONGEST_HEADER = 60;

  @TestFactory
  List<DynamicTest> rendersAsTransformersDoes() {
    return tests(
        c -> {
          check(c, c.path("original"), template(c, ""), false);
          check(c, c.path("prompt"), template(c, ""), true);
          if (c.has("training")) {
            check(c, c.path("training"), template(c, "_training"), false);
          }
        });
  }

  private static void check(JsonNode c, JsonNode expected, ChatTemplate template, boolean prompt) {
    if (expected.has("error")) {
      var refused =
          assertThatThrownBy(() -> template.render(chat(c), prompt))
              .isInstanceOf(JinjaException.class);
      if (expected.path("errorType").asText().equals("TemplateError")) {
        refused.hasMessageEndingWith(expected.path("error").textValue());
      }
      return;
    }
    Rendered rendered = template.render(chat(c), prompt);
    assertThat(rendered.text()).isEqualTo(expected.path("text").textValue());
    assertThat(rendered.generated()).isEqualTo(spans(expected));
  }

  /**
   * Where TRL's variant gives the same text, the answers are the same, but for what differs in
   * meaning: TRL marks some headers that the generation prompt gives ({@code <think>}, DeepSeek's
   * role), blanks behind the end of a turn, and GLM's next role, which ends a turn there (here that
   * is done with tokens, see SpanMask).
   */
  @TestFactory
  List<DynamicTest> findsAnswersWhereTrlMarksThem() {
    List<DynamicTest> tests =
        tests(
            c -> checkAnswers(c, c.path("training")),
            c ->
                c.at("/original/text").isTextual()
                    && c.at("/original/text").equals(c.at("/training/text"))
                    && !c.path("family").asText().equals("nemotron_3_nano"));
    assertThat(tests).hasSizeGreaterThan(150);
    return tests;
  }

  /** Qwen3 leaves out thoughts of earlier turns: there TRL's variant is another text. */
  @Test
  void findsTheAnswersOfATemplateThatRewritesEarlierTurns() throws RefusedChatException {
    assertThat(FIXTURE.path("answers").size()).isGreaterThan(40);
    for (JsonNode c : FIXTURE.path("answers")) {
      boolean thinks = c.path("text").asText().matches("(?s).*<think>\n[^\n].*");
      if (thinks && c.path("variables").has("enable_thinking")) {
        // The prompt says that it does not think.
        assertThatThrownBy(() -> checkAnswers(c, c))
            .isInstanceOf(RefusedChatException.class)
            .hasMessageContaining("does not begin as the generation prompt does");
      } else {
        checkAnswers(c, c);
      }
    }
  }

  private static void checkAnswers(JsonNode c, JsonNode expected) throws RefusedChatException {
    ChatTemplate template = template(c, "");
    Chat chat = chat(c);
    Rendered whole = template.render(chat, false);
    assertThat(whole.text()).isEqualTo(expected.path("text").textValue());
    List<Span> found = AssistantTurns.find(template, chat, whole);
    List<Span> marked = joined(whole.text(), spans(expected));
    assertThat(found).hasSameSizeAs(marked);
    int answer = -1;
    for (int i = 0; i < found.size(); i++) {
      answer = nextAnswer(chat, answer);
      Span ours = words(whole.text(), found.get(i));
      Span theirs = words(whole.text(), marked.get(i));
      assertThat(ours.end()).isLessThanOrEqualTo(theirs.end());
      assertThat(whole.text().substring(ours.end(), theirs.end())).isIn("", "<|user|>");
      assertThat(theirs.start()).isLessThanOrEqualTo(ours.start());
      String prompt = template.render(chat.until(answer), true).text();
      assertThat(prompt.substring(Math.max(0, prompt.length() - LONGEST_HEADER)))
          .contains(whole.text().substring(theirs.start(), ours.start()).strip());
    }
  }

  @Test
  void saysWhichThoughtsATemplateLeavesOut() {
    assertThat(Thoughts.note(template("qwen3")))
        .hasValueSatisfying(n -> assertThat(n).contains("out of answers before the last question"));
    assertThat(Thoughts.note(template("deepseek_r1_distill")))
        .hasValueSatisfying(n -> assertThat(n).contains("out of all answers"));
    assertThat(Thoughts.note(template("qwen3_training"))).isEmpty();
    assertThat(Thoughts.note(template("qwen2_5"))).isEmpty();
    // It takes no tools, but it takes this.
    assertThat(Thoughts.note(template("gemma"))).isEmpty();
  }

  /** In a prompt it shows the system message; with an answer behind it, it does not. */
  @Test
  void refusesAnAnswerWhoseContextIsNotThatOfItsPrompt() throws Exception {
    JsonNode mistral =
        JSON.readTree(Path.of("src/test/resources/fixtures/chat/expected.json").toFile());
    ChatTemplate template = compile(mistral.at("/templates/mistral_nemo").textValue());
    List<Map<String, Object>> question = List.of(Map.of("role", "user", "content", "Hi"));
    List<Map<String, Object>> messages = new ArrayList<>(question);
    messages.add(Map.of("role", "assistant", "content", "Hello!"));
    Chat plain = new Chat(messages, Map.of());
    assertThat(AssistantTurns.find(template, plain, template.render(plain, false)))
        .containsExactly(
            new Span("<s>[INST]Hi[/INST]".length(), "<s>[INST]Hi[/INST]Hello!</s>".length()));
    messages.addFirst(Map.of("role", "system", "content", "Be terse."));
    Chat withSystem = new Chat(messages, Map.of());
    Rendered whole = template.render(withSystem, false);
    assertThat(whole.text()).doesNotContain("terse");
    assertThatThrownBy(() -> AssistantTurns.find(template, withSystem, whole))
        .isInstanceOf(RefusedChatException.class)
        .hasMessageContaining("what comes before messages[2] is not what a prompt says");
  }

  @Test
  void anAnswerToNothingIsRefused() {
    ChatTemplate template = template("qwen2_5");
    Chat chat = new Chat(List.of(Map.of("role", "assistant", "content", "Hello")), Map.of());
    assertThatThrownBy(() -> AssistantTurns.find(template, chat, template.render(chat, false)))
        .isInstanceOf(RefusedChatException.class)
        .hasMessageContaining("messages[0] is an answer before any question");
  }

  /** TRL's variants are marked as transformers marks them, to the newline; Qwen3's own text too. */
  @Test
  void targetsAreTheTokensThatTransformersMasks() throws RefusedChatException {
    Path model = Path.of("src/test/resources/fixtures/gguf");
    assertThat(FIXTURE.path("tokens").size()).isGreaterThan(30);
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      for (JsonNode c : FIXTURE.path("tokens")) {
        String template = FIXTURE.path("templates").path(c.path("family").asText()).textValue();
        ChatFormat format = ChatFormat.find(Optional.of(template), model, tokenizer).orElseThrow();
        ChatTokens tokens = format.renderer(tokenizer, LocalDateTime.now()).tokens(chat(c));
        assertThat(tokens.ids()).isEqualTo(JSON.convertValue(c.path("ids"), int[].class));
        assertThat(bits(tokens.targets()))
            .as(c.path("family") + ", " + c.path("conversation"))
            .isEqualTo(JSON.convertValue(c.path("assistantMask"), int[].class));
      }
    }
  }

  private static int[] bits(boolean[] flags) {
    return IntStream.range(0, flags.length).map(i -> flags[i] ? 1 : 0).toArray();
  }

  private static int nextAnswer(Chat chat, int after) {
    int next = after + 1;
    while (!chat.messages().get(next).get("role").equals("assistant")) {
      next++;
    }
    return next;
  }

  /** Spans with nothing but blanks between them are one (Phi-3's eos). */
  private static List<Span> joined(String text, List<Span> spans) {
    List<Span> joined = new ArrayList<>();
    for (Span span : spans) {
      if (!joined.isEmpty() && text.substring(joined.getLast().end(), span.start()).isBlank()) {
        span = new Span(joined.removeLast().start(), span.end());
      }
      joined.add(span);
    }
    return joined;
  }

  /** A span without the blanks at its ends. */
  private static Span words(String text, Span span) {
    String inside = text.substring(span.start(), span.end());
    int start = span.end() - inside.stripLeading().length();
    return new Span(start, start + inside.strip().length());
  }

  /** Its prompt thinks, its history does not: where such an answer begins is not known for sure. */
  @Test
  void refusesWhatItCanNotFindForSure() {
    for (JsonNode c : FIXTURE.path("cases")) {
      if (c.path("family").asText().equals("nemotron_3_nano")
          && c.path("conversation").asText().equals("turns")) {
        ChatTemplate template = template(c, "");
        Rendered whole = template.render(chat(c), false);
        assertThatThrownBy(() -> AssistantTurns.find(template, chat(c), whole))
            .isInstanceOf(RefusedChatException.class)
            .hasMessageContaining("does not begin as the generation prompt does");
        return;
      }
    }
    throw new AssertionError("the case is missing");
  }

  private interface Check {
    void run(JsonNode c) throws Exception;
  }

  private static List<DynamicTest> tests(Check check) {
    return tests(check, c -> true);
  }

  private static List<DynamicTest> tests(
      Check check, java.util.function.Predicate<JsonNode> wanted) {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode c : FIXTURE.path("cases")) {
      if (wanted.test(c)) {
        tests.add(
            DynamicTest.dynamicTest(
                c.path("family").asText() + ", " + c.path("conversation").asText(),
                () -> check.run(c)));
      }
    }
    return tests;
  }

  private static ChatTemplate template(JsonNode c, String kind) {
    return template(c.path("family").asText() + kind);
  }

  private static ChatTemplate template(String name) {
    return compile(FIXTURE.path("templates").path(name).textValue());
  }

  private static ChatTemplate compile(String text) {
    Map<String, String> specials =
        JSON.convertValue(FIXTURE.path("specials"), new TypeReference<>() {});
    return ChatTemplate.compile(
        text,
        new SpecialTokens(
            Optional.of(new Special(specials.get("bos_token"), 0)),
            Optional.of(new Special(specials.get("eos_token"), 1)),
            Optional.of(new Special(specials.get("pad_token"), 1)),
            Set.of(1),
            Set.of(0, 1),
            List.of()),
        LocalDateTime.parse(FIXTURE.path("now").asText()));
  }

  private static Chat chat(JsonNode c) {
    String name = c.path("conversation").asText();
    List<Map<String, Object>> messages =
        JSON.convertValue(FIXTURE.path("conversations").path(name), new TypeReference<>() {});
    Map<String, Object> extras = new HashMap<>();
    if (name.startsWith("tool")) {
      extras.put("tools", JSON.convertValue(FIXTURE.path("tools"), Object.class));
    }
    c.path("variables").properties().forEach(v -> extras.put(v.getKey(), v.getValue().asBoolean()));
    return new Chat(messages, extras);
  }

  /** Code points to UTF-16 units. */
  private static List<Span> spans(JsonNode rendered) {
    String text = rendered.path("text").asText();
    List<Span> spans = new ArrayList<>();
    rendered
        .path("spans")
        .forEach(
            s ->
                spans.add(
                    new Span(
                        text.offsetByCodePoints(0, s.path(0).intValue()),
                        text.offsetByCodePoints(0, s.path(1).intValue()))));
    return spans;
  }

  private static JsonNode read() {
    try {
      return JSON.readTree(
          Path.of("src/test/resources/fixtures/chat-masks/expected.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
