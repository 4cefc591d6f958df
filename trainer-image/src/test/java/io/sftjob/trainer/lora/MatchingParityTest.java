package io.sftjob.trainer.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The modules that PEFT gave an adapter, with their ranks and alphas (parity/lora_matching.py). */
class MatchingParityTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode FIXTURE = fixture();
  @TempDir private Path folder;

  static Stream<JsonNode> cases() {
    return StreamSupport.stream(FIXTURE.path("cases").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void modulesRanksAndAlphasAreThoseOfPeft(JsonNode given) throws IOException {
    var config = read((ObjectNode) given.path("config"));
    var origin = new Origin("the fixture");
    var targeted = config.targets().matcher(origin);
    var ranks = new Overrides<>(config.rankPattern(), origin, Origin.Field.RANK_PATTERN);
    var alphas = new Overrides<>(config.alphaPattern(), origin, Origin.Field.ALPHA_PATTERN);
    var found = new TreeMap<String, List<Number>>();
    for (JsonNode module : FIXTURE.path("modules").path(given.path("family").asText())) {
      String path = module.asText();
      if (targeted.test(path)) {
        int rank = ranks.of(path).orElse(config.rank());
        double alpha = alphas.of(path).orElse(config.alpha());
        found.put(path, List.of(rank, alpha));
      }
    }
    assertThat(found).isEqualTo(expected(given.path("adapted")));
  }

  /** A configuration as PEFT saves it. */
  private LoraConfig read(ObjectNode config) throws IOException {
    config.put("peft_type", "LORA").put("r", 8).put("lora_alpha", 12);
    Path file = folder.resolve(PeftFiles.CONFIG);
    Files.writeString(file, config.toString());
    return PeftConfigReader.read(file);
  }

  private static Map<String, List<Number>> expected(JsonNode adapted) {
    var expected = new TreeMap<String, List<Number>>();
    for (var module : adapted.properties()) {
      var values = new ArrayList<Number>();
      values.add(module.getValue().path(0).asInt());
      values.add(module.getValue().path(1).asDouble());
      expected.put(module.getKey(), values);
    }
    return expected;
  }

  private static JsonNode fixture() {
    try {
      return JSON.readTree(
          Path.of("src/test/resources/fixtures/lora-matching/cases.json").toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
