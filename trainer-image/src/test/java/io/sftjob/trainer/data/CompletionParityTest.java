package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Prompts and completions against TRL's SFTTrainer (parity/completions.py). */
class CompletionParityTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Tokenizer tokenizer;
  private static JsonNode fixture;

  @TempDir Path folder;

  @BeforeAll
  static void load() throws IOException {
    tokenizer = Tokenizers.load(TestSettings.MODEL);
    fixture =
        JSON.readTree(Path.of("src/test/resources/fixtures/completions/completions.json").toFile());
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @TestFactory
  List<DynamicTest> strings() {
    return tests("strings");
  }

  @TestFactory
  List<DynamicTest> chats() {
    return tests("chats");
  }

  private List<DynamicTest> tests(String kind) {
    assertThat(fixture.path(kind)).isNotEmpty();
    return StreamSupport.stream(fixture.path(kind).spliterator(), false)
        .map(row -> DynamicTest.dynamicTest(row.path("prompt").toString(), () -> check(row)))
        .toList();
  }

  private void check(JsonNode row) throws IOException {
    ObjectNode written = JSON.createObjectNode();
    written.set("prompt", row.path("prompt"));
    written.set("completion", row.path("completion"));
    Path file = folder.resolve("row.jsonl");
    Files.writeString(file, written + "\n");
    var settings = TestSettings.of(file).template(fixture.path("chatTemplate").textValue());
    PreparedData data =
        Preparation.prepare(settings.build(), tokenizer, folder, 1, (r, d, t) -> {});
    Document document = data.train().getFirst().documents().getFirst();

    int[] ids = ints(row.path("ids"));
    assertThat(document.ids()).isEqualTo(ids);
    if (row.path("promptBegins").asBoolean(true)) {
      int[] labels = ints(row.path("labels"));
      boolean[] expected = new boolean[ids.length];
      // The first token has nothing it could be predicted from.
      IntStream.range(1, ids.length).forEach(i -> expected[i] = labels[i] != -100);
      assertThat(document.targets()).isEqualTo(expected);
    }
  }

  private static int[] ints(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }
}
