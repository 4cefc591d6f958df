package io.sftjob.trainer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ids, texts and places of sentencepiece and tiktoken (fixtures/vocabularies). With {@code
 * -Dsft.vocabularies=FOLDER} also those of the published vocabularies that parity/vocabularies.py
 * puts there.
 */
class VocabulariesParityTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures/vocabularies");

  static Stream<Path> checkpoints() throws IOException {
    String published = System.getProperty("sft.vocabularies");
    return published == null
        ? expectedIn(FIXTURES)
        : Stream.concat(expectedIn(FIXTURES), expectedIn(Path.of(published)));
  }

  private static Stream<Path> expectedIn(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      List<Path> found =
          inside.filter(p -> Files.exists(p.resolve("expected.json"))).sorted().toList();
      assertThat(found).isNotEmpty();
      return found.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void idsAndTextsAreThoseOfTheOriginal(Path checkpoint) throws IOException {
    JsonNode expected = JSON.readTree(checkpoint.resolve("expected.json").toFile());
    JsonNode texts =
        expected.has("texts")
            ? expected.path("texts")
            : JSON.readTree(FIXTURES.resolve("texts.json").toFile());
    assertThat(texts.size()).isGreaterThan(250).isEqualTo(expected.path("ids").size());
    SoftAssertions all = new SoftAssertions();
    try (Tokenizer tokenizer = load(checkpoint)) {
      for (int i = 0; i < texts.size(); i++) {
        String text = texts.path(i).textValue();
        String key = Integer.toString(i);
        int[] ids = ids(expected.path("ids").path(i));
        JsonNode withSpecials = expected.path("idsWithSpecials").path(key);
        JsonNode decoded = expected.path("decoded").path(key);
        Encoding ordinary = tokenizer.encodeOrdinary(text);
        Encoding encoding = tokenizer.encode(text);
        assertThat(tokenizer.ids(text)).as(text).isEqualTo(encoding.ids());
        all.assertThat(ordinary.ids()).as(text).isEqualTo(ids);
        all.assertThat(encoding.ids())
            .as("with specials: %s", text)
            .isEqualTo(withSpecials.isMissingNode() ? ids : ids(withSpecials));
        all.assertThat(tokenizer.decode(ids, false))
            .isEqualTo(decoded.isMissingNode() ? text : decoded.textValue());
        requirePlaces(all, text, ordinary);
        requirePlaces(all, text, encoding);
        if (expected.path("spans").has(key)) {
          requireSpans(all, text, expected.path("spans").path(key), ordinary);
        }
      }
    }
    all.assertAll();
  }

  private static Tokenizer load(Path checkpoint) {
    Path gguf = checkpoint.resolve("model.gguf");
    return Tokenizers.load(Files.exists(gguf) ? gguf : checkpoint);
  }

  private static void requirePlaces(SoftAssertions all, String text, Encoding encoding) {
    int start = 0;
    int end = 0;
    for (int i = 0; i < encoding.ids().length; i++) {
      all.assertThat(encoding.starts()[i]).as(text).isBetween(start, encoding.ends()[i]);
      all.assertThat(encoding.ends()[i]).as(text).isBetween(end, text.length());
      start = encoding.starts()[i];
      end = encoding.ends()[i];
    }
  }

  /**
   * Where pieces share a character, the library gives all of it to the last one; here each has it.
   */
  private static void requireSpans(
      SoftAssertions all, String text, JsonNode spans, Encoding encoding) {
    all.assertThat(encoding.ids()).hasSize(spans.size());
    for (int i = 0; i < Math.min(spans.size(), encoding.ids().length); i++) {
      int end = spans.path(i).path(1).intValue();
      boolean shares = i + 1 < spans.size() && encoding.ends()[i] > encoding.starts()[i + 1];
      all.assertThat(encoding.starts()[i])
          .as("%s, start of %d", text, i)
          .isEqualTo(spans.path(i).path(0).intValue());
      all.assertThat(shares ? encoding.starts()[i + 1] : encoding.ends()[i])
          .as("%s, end of %d", text, i)
          .isEqualTo(end);
    }
  }

  private static int[] ids(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.path(i).intValue()).toArray();
  }
}
