package io.sftjob.trainer.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The families that say chats in code (fixtures/native-chats). */
class NativeChatsTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

  @TempDir private Path folder;

  @TestFactory
  List<DynamicTest> saysChatsAsThePublishedCodeDoes() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode c : JSON.readTree(FIXTURES.resolve("native-chats/expected.json").toFile())) {
      String name = c.path("family").asText() + ", " + c.path("chat").asText();
      tests.add(DynamicTest.dynamicTest(name, () -> check(c)));
    }
    assertThat(tests).hasSizeGreaterThan(35);
    return tests;
  }

  private static void check(JsonNode c) throws RefusedChatException {
    Path model = vocabulary(c.path("family").asText());
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      ChatRenderer renderer = renderer(model, tokenizer);
      ChatTokens tokens = renderer.tokens(chat(c));
      assertThat(tokens.ids()).isEqualTo(ints(c.path("ids")));
      assertThat(bits(tokens.targets())).isEqualTo(ints(c.path("targets")));
      assertThat(renderer.prompt(chat(c))).isEqualTo(ints(c.path("prompt")));
      int last = tokens.ids().length - 1;
      if (tokens.targets()[last]) {
        assertThat(renderer.stopIds()).contains(tokens.ids()[last]);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      value = {
        "baichuan2 | [{\"role\":\"tool\",\"content\":\"x\"}] | {} | UnknownRole | `messages[0].role` is \"tool\", which Baichuan's chat format does not know",
        "baichuan2 | [{\"role\":\"user\",\"content\":\"\"}] | {} | Empty | `messages[0].content` is empty",
        "baichuan2 | [{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"system\",\"content\":\"b\"}] | {} | NotInFormat | `messages[1]` is a system message",
        "baichuan2 | [{\"role\":\"user\",\"content\":\"a\"}] | {\"tools\":[{\"name\":\"f\"}]} | NotInFormat | `tools` has no place in Baichuan's chat format",
        "qwen | [{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[{}]}] | {} | NotInFormat | `messages[0].tool_calls` has no place in Qwen's ChatML",
        "yi | [{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"b\"}] | {} | NotInFormat | `messages[0].reasoning_content` has no place in Yi's ChatML",
        "qwen | [{\"role\":\"user\",\"content\":\"a\"}] | {\"enable_thinking\":true} | NotInFormat | `enable_thinking` has no place",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}] | {} | NotInFormat | `messages[1]` is a user's message after a user's",
        "chatglm3 | [{\"role\":\"assistant\",\"content\":\"a\"}] | {} | NotInFormat | `messages[0]` is an answer before any question",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"tool\",\"content\":\"b\"}] | {} | NotInFormat | an observation that does not follow an answer",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\",\"tool_calls\":[{\"name\":\"f\"}]}] | {} | NotInFormat | tool_calls in the assistant's",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":[{\"name\":\"f\",\"arguments\":{}},{\"name\":\"g\",\"arguments\":{}}]}] | {} | NotInFormat | has 2 calls",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":[{\"name\":\"f\",\"arguments\":\"{\"}]}] | {} | NotInFormat | are not JSON",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":[{\"name\":\"f\",\"arguments\":[1]}]}] | {} | NotInFormat | no object",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":[{\"arguments\":{}}]}] | {} | NotInFormat | no name of a function",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\",\"metadata\":\"b\\nc\"}] | {} | NotInFormat | one line",
        "chatglm3 | [{\"role\":\"system\",\"content\":\"a\",\"tools\":[1]}] | {\"tools\":[2]} | NotInFormat | keep one of them",
        "chatglm3 | [{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"\"}] | {} | Empty | `messages[1].content` is empty",
      })
  void refusesWhatTheFormatCanNotSay(
      String family, String messages, String extras, Refusal reason, String words)
      throws IOException {
    Path model = vocabulary(family);
    Chat chat =
        new Chat(
            JSON.readValue(messages, new TypeReference<>() {}),
            JSON.readValue(extras, new TypeReference<>() {}));
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      ChatRenderer renderer = renderer(model, tokenizer);
      assertThatThrownBy(() -> renderer.tokens(chat))
          .isInstanceOfSatisfying(
              RefusedChatException.class, e -> assertThat(e.reason()).isEqualTo(reason))
          .hasMessageContaining(words);
    }
  }

  @Test
  void theCheckpointSaysWhoseTurnsBeginHow() throws Exception {
    Path model = checkpoint("baichuan2");
    Files.writeString(
        model.resolve("generation_config.json"),
        "{\"user_token_id\": 5, \"assistant_token_id\": 6, \"eos_token_id\": 2}");
    Chat chat = new Chat(List.of(Map.of("role", "user", "content", "a")), Map.of());
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      assertThat(renderer(model, tokenizer).prompt(chat)).startsWith(5).endsWith(6);
    }
    Files.writeString(model.resolve("generation_config.json"), "{\"user_token_id\": 9999999}");
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      assertThatThrownBy(() -> renderer(model, tokenizer))
          .isInstanceOf(TrainerException.class)
          .hasMessageContaining("user_token_id is 9999999, but the tokenizer has 1400 tokens");
    }
  }

  @Test
  void aTemplateGoesBeforeTheFamilysCode() throws Exception {
    Path model = checkpoint("yi");
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      assertThat(ChatFormat.find(Optional.empty(), model, tokenizer))
          .hasValueSatisfying(f -> assertThat(f.origin()).isEqualTo("Yi's ChatML"));
      assertThat(ChatFormat.find(Optional.of("{{ 1 }}"), model, tokenizer))
          .hasValueSatisfying(f -> assertThat(f.origin()).isEqualTo("dataset.chatTemplate"));
    }
    Files.writeString(
        model.resolve("chat_template.jinja"),
        "{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}");
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      assertThat(ChatFormat.find(Optional.empty(), model, tokenizer))
          .hasValueSatisfying(
              f -> assertThat(f.origin()).isEqualTo("the checkpoint's chat template"));
    }
  }

  /** ChatGLM3's template, as published, leaves the last answer without an end. */
  @Test
  void aTemplateThatEndsNoAnswerGoesBehindTheFamilysCode() throws Exception {
    Path model = checkpoint("chatglm3");
    Files.writeString(
        model.resolve("chat_template.jinja"),
        "{% for message in messages %}{% if loop.first %}[gMASK]sop{% endif %}<|{{ message['role']"
            + " }}|>\n {{ message['content'] }}{% endfor %}{% if add_generation_prompt"
            + " %}<|assistant|>{% endif %}");
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      ChatFormat format = ChatFormat.find(Optional.empty(), model, tokenizer).orElseThrow();
      assertThat(format.origin())
          .isEqualTo(
              "ChatGLM3's chat format (the checkpoint's own template ends no answer, so that the"
                  + " model would not learn to stop)");
      assertThat(format.renderer(tokenizer, LocalDateTime.now()).stopIds())
          .isEqualTo(Set.of(2, id(tokenizer, "<|user|>"), id(tokenizer, "<|observation|>")));
    }
  }

  private static int id(Tokenizer tokenizer, String token) {
    return tokenizer.idOf(token).orElseThrow();
  }

  @Test
  void aFamilyWithoutAFormatHasNone() throws Exception {
    Path model = FIXTURES.resolve("vocabularies/llama");
    try (Tokenizer tokenizer = Tokenizers.load(model)) {
      assertThat(ChatFormat.find(Optional.empty(), model, tokenizer)).isEmpty();
    }
  }

  private static ChatRenderer renderer(Path model, Tokenizer tokenizer) {
    return ChatFormat.find(Optional.empty(), model, tokenizer)
        .orElseThrow()
        .renderer(tokenizer, LocalDateTime.now());
  }

  private static Chat chat(JsonNode c) {
    List<Map<String, Object>> messages =
        JSON.convertValue(c.path("messages"), new TypeReference<>() {});
    Map<String, Object> extras = new HashMap<>();
    extras.put("tools", JSON.convertValue(c.path("tools"), Object.class));
    return new Chat(messages, extras);
  }

  private static Path vocabulary(String family) {
    return FIXTURES.resolve("vocabularies").resolve(family);
  }

  /** A copy that may be changed. */
  private Path checkpoint(String family) throws IOException {
    try (var files = Files.list(vocabulary(family))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  private static int[] ints(JsonNode list) {
    return JSON.convertValue(list, int[].class);
  }

  private static int[] bits(boolean[] flags) {
    return IntStream.range(0, flags.length).map(i -> flags[i] ? 1 : 0).toArray();
  }
}
