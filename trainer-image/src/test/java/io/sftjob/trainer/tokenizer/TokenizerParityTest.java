package io.sftjob.trainer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The ids and texts of transformers (fixtures/tokenizer), from both forms of a checkpoint. */
class TokenizerParityTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

  static Stream<Arguments> checkpoints() {
    Stream<Arguments> small =
        Stream.of("gguf/tiny-llama.gguf", "gguf")
            .map(path -> Arguments.of(FIXTURES.resolve(path), "small"));
    String smollm2 = System.getProperty("sft.smollm2");
    return smollm2 == null
        ? small
        : Stream.concat(small, Stream.of(Arguments.of(Path.of(smollm2), "smollm2")));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void idsAndTextsAreThoseOfTransformers(Path checkpoint, String fixture) throws IOException {
    JsonNode expected =
        new ObjectMapper()
            .readTree(FIXTURES.resolve("tokenizer").resolve(fixture + ".json").toFile());
    SoftAssertions all = new SoftAssertions();
    try (Tokenizer tokenizer = Tokenizers.load(checkpoint)) {
      assertThat(expected.path("cases").size()).isGreaterThan(100);
      for (JsonNode c : expected.path("cases")) {
        String text = c.path("text").textValue();
        int[] ids = ids(c);
        all.assertThat(tokenizer.encode(text).ids()).as(text).isEqualTo(ids);
        all.assertThat(tokenizer.ids(text)).as(text).isEqualTo(ids);
        all.assertThat(tokenizer.encodeOrdinary(text).ids())
            .as(text)
            .isEqualTo(c.has("idsWithSpecialsAsText") ? ids(c, "idsWithSpecialsAsText") : ids);
        all.assertThat(tokenizer.decode(ids, false)).isEqualTo(c.path("decoded").textValue());
        all.assertThat(tokenizer.decode(ids, true))
            .isEqualTo(c.path("decodedWithoutSpecials").textValue());
      }
      for (JsonNode c : expected.path("partialDecodes")) {
        all.assertThat(tokenizer.decode(ids(c), false)).isEqualTo(c.path("decoded").textValue());
      }
      all.assertThat(tokenizer.specialTokens().bos())
          .contains(new Tokenizer.Special("<|im_start|>", 1));
      all.assertThat(tokenizer.specialTokens().eos())
          .contains(new Tokenizer.Special("<|im_end|>", 2));
      all.assertThat(tokenizer.specialTokens().pad())
          .contains(new Tokenizer.Special("<|im_end|>", 2));
      all.assertThat(tokenizer.specialTokens().stopIds()).containsExactly(2);
      all.assertThat(tokenizer.specialTokens().controlIds()).contains(0, 1, 2);
      all.assertThat(tokenizer.specialTokens().prefixIds()).isEmpty();
      all.assertThat(tokenizer.vocabSize()).isEqualTo(fixture.equals("small") ? 512 : 49152);
      all.assertThat(tokenizer.chatTemplate().orElse(""))
          .startsWith("{% for message in messages %}");
    }
    all.assertAll();
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void offsetsAreJavaChars(Path checkpoint, String fixture) {
    String text = "a🙂b <|im_start|>世界 x\uD83D\uDC69\u200D\uD83D\uDC67 <|im_end|> 12";
    try (Tokenizer tokenizer = Tokenizers.load(checkpoint)) {
      Tokenizer.Encoding encoding = tokenizer.encode(text);
      int previous = 0;
      StringBuilder rebuilt = new StringBuilder();
      for (int i = 0; i < encoding.ids().length; i++) {
        int start = encoding.starts()[i];
        int end = encoding.ends()[i];
        assertThat(start).isBetween(0, end);
        assertThat(end).isGreaterThanOrEqualTo(previous).isLessThanOrEqualTo(text.length());
        // The tokens of one character share its span: count it once.
        rebuilt.append(text, Math.max(start, previous), end);
        previous = end;
        if (encoding.ids()[i] == 1) {
          assertThat(text.substring(start, end)).isEqualTo("<|im_start|>");
        }
        if (encoding.ids()[i] == 2) {
          assertThat(text.substring(start, end)).isEqualTo("<|im_end|>");
        }
      }
      assertThat(rebuilt.toString()).isEqualTo(text);
    }
  }

  private static int[] ids(JsonNode c) {
    return ids(c, "ids");
  }

  private static int[] ids(JsonNode c, String key) {
    return StreamSupport.stream(c.path(key).spliterator(), false)
        .mapToInt(JsonNode::intValue)
        .toArray();
  }
}
