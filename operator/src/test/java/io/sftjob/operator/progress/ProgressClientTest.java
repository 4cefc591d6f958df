package io.sftjob.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sftjob.operator.progress.Problem.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trainers that answer badly. */
class ProgressClientTest {
  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;
  private Answer answer;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", e -> answer.to(e));
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
  }

  @Test
  void readsTheBodyOfThePath() throws Exception {
    answer =
        e -> {
          assertThat(e.getRequestURI().getPath()).isEqualTo("/v1/progress");
          send(e, 200, "{}".getBytes(StandardCharsets.UTF_8));
        };
    assertThat(fetch()).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anAnswerMayHaveTheCapAndNotAByteMore() throws Exception {
    answer = e -> send(e, 200, new byte[ProgressClient.MAX_BYTES]);
    assertThat(fetch()).hasSize(ProgressClient.MAX_BYTES);
    answer = e -> send(e, 200, new byte[ProgressClient.MAX_BYTES + 1]);
    assertProblem(Kind.TooLarge);
  }

  @Test
  void anEndlessAnswerIsCutOff() {
    answer =
        e -> {
          e.sendResponseHeaders(200, 0);
          var out = e.getResponseBody();
          while (over.getCount() > 0) out.write(new byte[8192]);
        };
    assertProblem(Kind.TooLarge);
  }

  @Test
  void silenceIsCutOff() {
    answer = e -> await();
    assertQuick(Kind.TimedOut);
  }

  @Test
  void aBodyThatTricklesIsCutOff() {
    answer =
        e -> {
          e.sendResponseHeaders(200, 0);
          e.getResponseBody().write('{');
          e.getResponseBody().flush();
          await();
        };
    assertQuick(Kind.TimedOut);
  }

  @Test
  void otherStatusesAndRedirectsAreRefused() {
    answer = e -> send(e, 500, new byte[0]);
    assertProblem(Kind.Refused);
    answer =
        e -> {
          e.getResponseHeaders().add("Location", "http://127.0.0.1:1/secret");
          send(e, 302, new byte[0]);
        };
    assertProblem(Kind.Refused);
  }

  @Test
  void nobodyListens() {
    server.stop(0);
    assertProblem(Kind.Unreachable);
  }

  private void assertQuick(Kind kind) {
    var start = Instant.now();
    assertProblem(kind);
    assertThat(Duration.between(start, Instant.now())).isLessThan(TIMEOUT.multipliedBy(4));
  }

  private void assertProblem(Kind kind) {
    assertThatExceptionOfType(UnusableException.class)
        .isThrownBy(this::fetch)
        .satisfies(e -> assertThat(e.problem().kind()).isEqualTo(kind))
        .satisfies(e -> assertThat(e.problem().message()).isNotBlank());
  }

  private byte[] fetch() throws UnusableException, InterruptedException {
    try (var client = new ProgressClient(TIMEOUT, server.getAddress().getPort())) {
      return client.fetch("127.0.0.1");
    }
  }

  private void await() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange e, int status, byte[] body) throws IOException {
    e.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    e.getResponseBody().write(body);
    e.close();
  }

  /** What the server does with a request. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }
}
