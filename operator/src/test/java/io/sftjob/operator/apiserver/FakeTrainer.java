package io.sftjob.operator.apiserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sftjob.operator.testing.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A trainer's progress endpoint that says whatever the test wants. */
final class FakeTrainer implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private volatile byte[] answer = new byte[0];
  private volatile boolean mute;

  FakeTrainer(String ip, int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(ip, port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/v1/progress", this::answer);
    server.start();
  }

  void say(Snapshot snapshot) {
    say(snapshot.json());
  }

  void say(String body) {
    say(body.getBytes(StandardCharsets.UTF_8));
  }

  void say(byte[] body) {
    answer = body;
  }

  /** Takes connections and never answers. */
  void mute(boolean mute) {
    this.mute = mute;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (mute) closed.await();
      var body = answer;
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
