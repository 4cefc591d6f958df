package io.sftjob.trainer.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rendering of transformers in fixtures/chat, character by character. */
class JinjaParityTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);
  private static final JsonNode FIXTURE = read();
  private static final LocalDateTime NOW = LocalDateTime.of(2024, 7, 26, 9, 5, 1);

  @TestFactory
  Iterable<DynamicTest> rendersAsTransformersDoes() {
    java.util.List<DynamicTest> tests = new java.util.ArrayList<>();
    for (JsonNode c : FIXTURE.path("cases")) {
      String name =
          "%s, %s, tools %s, prompt %s"
              .formatted(
                  c.path("template").asText(),
                  c.path("conversation").asText(),
                  c.path("tools"),
                  c.path("addGenerationPrompt"));
      tests.add(DynamicTest.dynamicTest(name, () -> check(c)));
    }
    assertThat(tests).hasSizeGreaterThan(300);
    return tests;
  }

  private static void check(JsonNode c) {
    JinjaTemplate template = template(c);
    Map<String, Object> variables = variables(c);
    if (!c.has("error")) {
      assertThat(template.render(variables, NOW).text()).isEqualTo(c.path("rendered").textValue());
    } else if (c.path("errorType").asText().equals("TemplateError")) {
      assertThatThrownBy(() -> template.render(variables, NOW))
          .isInstanceOf(JinjaException.class)
          .hasMessageEndingWith(c.path("error").textValue());
    } else {
      assertThatThrownBy(() -> template.render(variables, NOW)).isInstanceOf(JinjaException.class);
    }
  }

  @Test
  void generationSpansAreThoseOfTransformers() {
    assertThat(FIXTURE.path("masks").size()).isGreaterThan(5);
    for (JsonNode mask : FIXTURE.path("masks")) {
      Rendered rendered = template(mask).render(variables(mask), NOW);
      String text = mask.path("rendered").textValue();
      assertThat(rendered.text()).isEqualTo(text);
      assertThat(rendered.generated()).hasSize(mask.path("assistantSpans").size());
      for (int i = 0; i < rendered.generated().size(); i++) {
        JsonNode span = mask.path("assistantSpans").path(i);
        assertThat(rendered.generated().get(i))
            .isEqualTo(
                new Span(
                    text.offsetByCodePoints(0, span.path(0).intValue()),
                    text.offsetByCodePoints(0, span.path(1).intValue())));
      }
    }
  }

  private static JinjaTemplate template(JsonNode c) {
    return JinjaTemplate.parse(
        FIXTURE.path("templates").path(c.path("template").asText()).textValue());
  }

  private static Map<String, Object> variables(JsonNode c) {
    Map<String, Object> variables = new HashMap<>(map(FIXTURE.path("specials")));
    variables.put(
        "messages",
        JSON.convertValue(
            FIXTURE.path("conversations").path(c.path("conversation").asText()), Object.class));
    variables.put(
        "tools",
        c.path("tools").asBoolean()
            ? JSON.convertValue(FIXTURE.path("tools"), Object.class)
            : null);
    variables.put("documents", null);
    variables.put("add_generation_prompt", c.path("addGenerationPrompt").asBoolean());
    if (c.has("variables")) {
      variables.putAll(map(c.path("variables")));
    }
    return variables;
  }

  private static Map<String, Object> map(JsonNode node) {
    return JSON.convertValue(node, new TypeReference<>() {});
  }

  private static JsonNode read() {
    try {
      return JSON.readTree(Path.of("src/test/resources/fixtures/chat/expected.json").toFile());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
