package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.trainer.data.Placed.Part;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of every strategy against TRL's. */
class PlacementParityTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The batch size of datasets.map, which is TRL's window. */
  private static final int TRL_WINDOW = 1000;

  private static final long SEED = 42;

  @TempDir Path folder;

  @Test
  void packsAsTrlDoes() throws IOException {
    JsonNode cases = read("packing/cases.json");
    assertThat(cases.findValuesAsText("strategy")).contains("Bfd", "BfdSplit", "Wrapped");
    for (JsonNode c : cases) {
      int maxLength = c.path("maxLength").intValue();
      Packing packing =
          switch (c.path("strategy").asText()) {
            case "Bfd" -> new Packing.Bfd(maxLength, TRL_WINDOW);
            case "BfdSplit" -> new Packing.BfdSplit(maxLength, TRL_WINDOW);
            case "Wrapped" -> new Packing.Wrapped(maxLength, TRL_WINDOW);
            default -> throw new AssertionError(c.path("strategy"));
          };
      int[] lengths = ints(c.path("lengths"));
      assertThat(Placed.of(packing, lengths).rows)
          .as("%s, %s", packing, c.path("name").asText())
          .isEqualTo(withoutSingleTokens(packing, rows(c.path("rows"))));
    }
  }

  @Test
  void buffersAsConstantLengthDatasetDoes() throws IOException {
    for (JsonNode c : read("constant-length/lengths.json")) {
      assertThat(
              Placed.of(packing(c), ints(c.path("lengths")), ints(c.path("characters")), SEED).rows)
          .as("%d documents", c.path("lengths").size())
          .isNotEmpty()
          .isEqualTo(rows(c.path("rows")));
    }
  }

  @Test
  void textsBecomeTheIdsOfConstantLengthDataset() throws IOException {
    for (JsonNode c : read("constant-length/texts.json")) {
      var lines = new ArrayList<String>();
      for (JsonNode text : c.path("texts")) {
        lines.add(JSON.createObjectNode().set("text", text).toString());
      }
      Path file = Files.write(folder.resolve("texts.jsonl"), lines);
      try (var tokenizer = Tokenizers.load(TestSettings.MODEL)) {
        var settings = TestSettings.of(file).packing(packing(c)).build();
        var data = Preparation.prepare(settings, tokenizer, folder, 2, (r, d, t) -> {});
        assertThat(data.train())
            .allSatisfy(row -> assertThat(row.documents()).hasSize(1))
            .extracting(row -> row.documents().getFirst().ids())
            .containsExactlyElementsOf(
                StreamSupport.stream(c.path("rows").spliterator(), false)
                    .map(PlacementParityTest::ints)
                    .toList());
        assertThat(data.fill()).isEqualTo(1);
      }
    }
  }

  @Test
  void pythonsRandomShuffles() {
    // >>> random.seed(2**40 + 3); x = list(range(10)); random.shuffle(x); x
    var list = new ArrayList<>(IntStream.range(0, 10).boxed().toList());
    new PythonRandom((1L << 40) + 3).shuffle(list);
    assertThat(list).containsExactly(8, 5, 6, 7, 9, 2, 4, 1, 0, 3);
  }

  /** What has one token has nothing to predict. It comes last, so that it moves nothing else. */
  private static List<List<Part>> withoutSingleTokens(Packing packing, List<List<Part>> rows) {
    return rows.stream()
        .map(
            row ->
                packing.keepsApart() || row.size() == 1
                    ? row.stream().filter(part -> part.length() > 1).toList()
                    : row)
        .filter(row -> !row.isEmpty())
        .toList();
  }

  private static Packing packing(JsonNode c) {
    return new Packing.ConstantLength(
        c.path("maxLength").intValue(),
        c.path("numOfSequences").intValue(),
        c.path("charsPerToken").doubleValue());
  }

  private static JsonNode read(String fixture) throws IOException {
    return JSON.readTree(Path.of("src/test/resources/fixtures", fixture).toFile());
  }

  private static int[] ints(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.path(i).intValue()).toArray();
  }

  private static List<List<Part>> rows(JsonNode rows) {
    var expected = new ArrayList<List<Part>>();
    for (JsonNode row : rows) {
      var parts = new ArrayList<Part>();
      row.forEach(
          f ->
              parts.add(
                  new Part(f.path(0).intValue(), f.path(1).intValue(), f.path(2).intValue())));
      expected.add(parts);
    }
    return expected;
  }
}
