package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.trainer.chat.Chat;
import io.sftjob.trainer.chat.ChatFormat;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Ids and target masks of transformers' return_assistant_tokens_mask (fixtures/chat). */
class ChatEncoderParityTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final LocalDateTime NOW = LocalDateTime.of(2024, 7, 26, 0, 0);

  @Test
  void generationBlocksGiveTheMaskOfTransformers() throws Exception {
    JsonNode fixture = fixture();
    try (Tokenizer tokenizer = Tokenizers.load(FIXTURES.resolve("gguf"))) {
      ChatEncoder encoder = encoder(fixture, "generation", tokenizer);
      for (JsonNode mask : fixture.path("masks")) {
        Encoded encoded = encoder.encode(conversation(fixture, mask.path("conversation").asText()));
        assertThat(encoded.ids()).isEqualTo(ints(mask.path("ids")));
        assertThat(bits(encoded.targets()))
            .as(mask.path("conversation").asText())
            .isEqualTo(ints(mask.path("assistantMask")));
      }
    }
  }

  /** The same text from a template without marks: the turns are found by rendering prefixes. */
  @Test
  void prefixesGiveTheSameMaskAsGenerationBlocks() throws Exception {
    JsonNode fixture = fixture();
    try (Tokenizer tokenizer = Tokenizers.load(FIXTURES.resolve("gguf"))) {
      ChatEncoder encoder = encoder(fixture, "chatml", tokenizer);
      int compared = 0;
      for (JsonNode mask : fixture.path("masks")) {
        Encoded encoded = encoder.encode(conversation(fixture, mask.path("conversation").asText()));
        assertThat(encoded.ids()).isEqualTo(ints(mask.path("ids")));
        assertThat(bits(encoded.targets()))
            .as(mask.path("conversation").asText())
            .isEqualTo(ints(mask.path("assistantMask")));
        compared++;
      }
      assertThat(compared).isGreaterThan(5);
    }
  }

  private static ChatEncoder encoder(JsonNode fixture, String template, Tokenizer tokenizer) {
    String text = fixture.path("templates").path(template).textValue();
    ChatFormat format =
        ChatFormat.find(Optional.of(text), FIXTURES.resolve("gguf"), tokenizer).orElseThrow();
    return new ChatEncoder(format.renderer(tokenizer, NOW), LossOn.Assistant);
  }

  private static Row conversation(JsonNode fixture, String name) {
    List<Map<String, Object>> messages = new ArrayList<>();
    fixture.path("conversations").path(name).forEach(m -> messages.add(JsonValues.map(m)));
    return new Row.Messages(new Chat(messages, Map.of()), new BitSet());
  }

  private static JsonNode fixture() throws IOException {
    return new ObjectMapper().readTree(FIXTURES.resolve("chat/expected.json").toFile());
  }

  private static int[] ints(JsonNode list) {
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.path(i).intValue();
    }
    return values;
  }

  private static int[] bits(boolean[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = values[i] ? 1 : 0;
    }
    return bits;
  }
}
