package io.sftjob.trainer.trail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("metrics.jsonl");
  }

  @Test
  void aLineHasTheNumbersUnderTrlsNames() throws IOException {
    write(Cut.ALL, Runs.step(10, 1.25), Runs.evaluation(10, 0.5));
    var lines = lines();
    assertThat(lines)
        .extracting(JsonNode::toString)
        .first()
        .isEqualTo(
            "{\"step\":10,\"epoch\":1.0,\"loss\":1.25,\"grad_norm\":0.5,\"learning_rate\":2.0E-4,"
                + "\"num_tokens\":10000,\"tokens_per_second\":5120.5,"
                + "\"time\":\"2026-01-02T03:04:15.678Z\"}");
    assertThat(lines.get(1).get("eval_loss").doubleValue()).isEqualTo(0.5);
  }

  @Test
  void aValueThatIsNotFiniteIsNullAndComesBackAsNone() throws IOException {
    write(Cut.ALL, Runs.step(1, Double.NaN), Runs.step(2, Double.POSITIVE_INFINITY));
    assertThat(lines()).allSatisfy(line -> assertThat(line.get("loss").isNull()).isTrue());
    var earlier = new MetricsFile(file).earlier(new Cut(2, 0));
    assertThat(earlier)
        .extracting(m -> m.value(Names.LOSS))
        .containsExactly(Double.NaN, Double.NaN);
  }

  @Test
  void goingOnKeepsWhatTheCheckpointHasAndMeasuresTheRestAnew() throws IOException {
    write(
        Cut.ALL,
        Runs.step(1),
        Runs.step(2),
        Runs.evaluation(2, 0.9),
        Runs.step(3),
        Runs.evaluation(4, 0.8),
        Runs.step(4));
    // The checkpoint of step 4 was saved before its evaluation.
    write(new Cut(4, 2), Runs.evaluation(4, 0.8), Runs.step(5));
    assertThat(lines())
        .extracting(line -> (line.has("eval_loss") ? "eval " : "step ") + line.get("step"))
        .containsExactly("step 1", "step 2", "eval 2", "step 3", "step 4", "eval 4", "step 5");
  }

  @Test
  void withoutACheckpointEverythingIsMeasuredAnew() throws IOException {
    write(Cut.ALL, Runs.step(1), Runs.step(2));
    write(Cut.ALL, Runs.step(1));
    assertThat(lines()).hasSize(1);
  }

  @Test
  void aTornLineIsLeftOut() throws IOException {
    write(Cut.ALL, Runs.step(1), Runs.step(2));
    Files.writeString(file, "{\"step\":3,\"epo", StandardOpenOption.APPEND);
    write(new Cut(3, 0), Runs.step(4));
    assertThat(lines()).extracting(line -> line.get("step").intValue()).containsExactly(1, 2, 4);
  }

  @Test
  void aProcessThatWasTakenOverWritesIntoNothing() throws IOException {
    var stale = open(Cut.ALL);
    stale.add(Runs.step(1));
    stale.add(Runs.step(2));
    var owner = open(new Cut(1, 0));
    stale.add(Runs.step(3));
    owner.add(Runs.step(2));
    stale.end(Ending.SUCCEEDED);
    owner.end(Ending.SUCCEEDED);
    assertThat(lines()).extracting(line -> line.get("step").intValue()).containsExactly(1, 2);
  }

  private void write(Cut cut, Measurement... measurements) throws IOException {
    var metrics = open(cut);
    for (var measurement : measurements) {
      metrics.add(measurement);
    }
    metrics.end(Ending.SUCCEEDED);
  }

  private MetricsFile open(Cut cut) throws IOException {
    var metrics = new MetricsFile(file);
    metrics.begin(Runs.facts(), metrics.earlier(cut), cut);
    return metrics;
  }

  private List<JsonNode> lines() throws IOException {
    try (var values = JSON.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
      return values.readAll();
    }
  }
}
