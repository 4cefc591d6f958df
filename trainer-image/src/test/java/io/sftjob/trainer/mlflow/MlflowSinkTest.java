package io.sftjob.trainer.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.trainer.mlflow.MlflowSink.Patience;
import io.sftjob.trainer.mlflow.StubServer.Behaviour;
import io.sftjob.trainer.trail.Cut;
import io.sftjob.trainer.trail.Ending;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Runs;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class MlflowSinkTest {
  private static final Patience LONG =
      new Patience(Duration.ofSeconds(20), Duration.ofMillis(20), Duration.ofSeconds(30));

  private static final Patience SHORT =
      new Patience(Duration.ofMillis(300), Duration.ofMillis(20), Duration.ofSeconds(1));

  private StubServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new StubServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aRunIsTold() {
    var sink = begin(server.uri(), List.of(), LONG);
    sink.add(Runs.step(1, Double.NaN));
    sink.add(Runs.evaluation(1, 0.5));
    sink.end(Ending.SUCCEEDED);

    assertThat(server.bodies("experiments/create"))
        .singleElement()
        .satisfies(body -> assertThat(body.get("name").textValue()).isEqualTo("team"));
    assertThat(server.bodies("runs/create"))
        .singleElement()
        .satisfies(
            body -> {
              assertThat(body.get("experiment_id").textValue()).isEqualTo("7");
              assertThat(body.get("run_name").textValue()).isEqualTo("demo");
              assertThat(body.get("tags").toString()).contains("sft.run", "0123abcd");
            });
    assertThat(server.bodies("runs/log-batch").getFirst().get("params"))
        .extracting(p -> p.get("key").textValue(), p -> p.get("value").textValue())
        .contains(tuple("loraRank", "16"));
    assertThat(metric("loss").get("value").textValue()).isEqualTo("NaN");
    assertThat(metric("eval_loss").get("value").doubleValue()).isEqualTo(0.5);
    assertThat(metric("eval_loss").get("timestamp").longValue())
        .isEqualTo(Runs.TIME.plusSeconds(1).toEpochMilli());
    var end = server.bodies("runs/update").getLast();
    assertThat(end.get("status").textValue()).isEqualTo("FINISHED");
    assertThat(end.get("run_id").textValue()).isEqualTo("r1");
    assertThat(server.calls)
        .allSatisfy(call -> assertThat(call.authorization()).isEqualTo("Bearer secret"));
  }

  @Test
  void aLaterProcessGoesOnInTheSameRunAndSendsNothingTwice() {
    server.runs =
        """
        {"runs": [{"info": {"run_id": "r0"}, "data": {"metrics": [
          {"key": "loss", "value": 0.5, "step": 2}, {"key": "eval_loss", "value": 0.5, "step": 1}]}}]}
        """;
    var sink =
        begin(server.uri(), List.of(Runs.step(1), Runs.step(2), Runs.evaluation(2, 0.5)), LONG);
    sink.add(Runs.step(3));
    sink.end(Ending.failed("out of memory"));

    assertThat(server.bodies("runs/create")).isEmpty();
    assertThat(server.bodies("runs/search").getFirst().get("filter").textValue())
        .isEqualTo("tags.`sft.run` = '0123abcd'");
    assertThat(server.steps("loss")).containsExactly(3L);
    assertThat(server.steps("eval_loss")).containsExactly(2L);
    assertThat(server.bodies("runs/update"))
        .extracting(body -> body.get("status").textValue())
        .containsExactly("RUNNING", "FAILED");
  }

  static Stream<Arguments> badServers() {
    return Stream.of(
        bad("hangs", exchange -> Thread.sleep(60_000)),
        bad(
            "hangs in its answer",
            exchange -> {
              exchange.sendResponseHeaders(200, 1000);
              exchange.getResponseBody().write("{\"run".getBytes());
              exchange.getResponseBody().flush();
              Thread.sleep(60_000);
            }),
        bad(
            "never comes to an end",
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              while (true) {
                exchange.getResponseBody().write(new byte[1 << 16]);
              }
            }),
        bad("answers garbage", exchange -> StubServer.send(exchange, 200, "<html>login</html>")),
        bad("answers something else", exchange -> StubServer.send(exchange, 200, "{\"a\": []}")),
        bad("fails", exchange -> StubServer.send(exchange, 500, "oops")),
        bad("refuses", exchange -> StubServer.send(exchange, 401, "who are you?")),
        bad("closes the connection", exchange -> exchange.getRequestBody().close()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badServers")
  void whateverTheServerDoesNobodyWaitsForIt(String what, Behaviour behaviour) {
    server.behaviour = behaviour;
    assertNobodyWaits(begin(server.uri(), List.of(), SHORT));
  }

  @Test
  void aServerThatIsNotThereIsNotWaitedFor() throws IOException {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertNobodyWaits(begin("http://localhost:" + free, List.of(), SHORT));
    assertNobodyWaits(begin("http://[bad", List.of(), SHORT));
  }

  /** Also with more than there is room for. */
  private static void assertNobodyWaits(MlflowSink sink) {
    long begin = System.nanoTime();
    LongStream.rangeClosed(1, 2L * Delivery.ROOM).forEach(step -> sink.add(Runs.step(step)));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
    sink.end(Ending.SUCCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void whenTheServerComesBackItGetsWhatWasKept() {
    server.behaviour = exchange -> StubServer.send(exchange, 503, "");
    var sink = begin(server.uri(), List.of(), LONG);
    LongStream.rangeClosed(1, 120).forEach(step -> sink.add(Runs.step(step)));
    server.behaviour = null;
    await().until(() -> server.steps("loss").size() == 120);
    sink.end(Ending.PREEMPTED);
    assertThat(server.steps("loss"))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 120).boxed().toList());
    assertThat(server.bodies("runs/log-batch"))
        .allSatisfy(body -> assertThat(body.path("metrics").size()).isLessThanOrEqualTo(1000));
    assertThat(server.bodies("runs/update").getLast().get("status").textValue())
        .isEqualTo("KILLED");
  }

  private JsonNode metric(String name) {
    return server.bodies("runs/log-batch").stream()
        .flatMap(body -> body.path("metrics").valueStream())
        .filter(m -> m.get("key").textValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static MlflowSink begin(String uri, List<Measurement> earlier, Patience patience) {
    var settings = new MlflowSettings(uri, "team", "demo", Optional.of("secret"));
    var sink = new MlflowSink(settings, () -> Runs.TIME, patience);
    sink.begin(Runs.facts(), earlier, Cut.ALL);
    return sink;
  }

  private static Arguments bad(String what, Behaviour behaviour) {
    return Arguments.of(what, behaviour);
  }
}
