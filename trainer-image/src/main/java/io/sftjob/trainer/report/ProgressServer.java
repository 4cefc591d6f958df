package io.sftjob.trainer.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Serves {@code GET /v1/progress}, {@code /metrics} and {@code /healthz}. */
public final class ProgressServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Starts to serve.
   *
   * @param port 0 takes a free one, see {@link #port()}
   */
  public ProgressServer(int port, Progress progress, RunMetrics metrics) throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(threads);
    serve("/v1/progress", "application/json", () -> SnapshotJson.bytes(progress.snapshot()));
    serve("/metrics", "text/plain; version=0.0.4; charset=utf-8", () -> utf8(metrics.scrape()));
    serve("/healthz", "text/plain; charset=utf-8", () -> utf8("ok\n"));
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(String path, String type, Supplier<byte[]> body) {
    server.createContext(path, exchange -> answer(exchange, path, type, body));
  }

  private static void answer(HttpExchange exchange, String path, String type, Supplier<byte[]> body)
      throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(path)) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        exchange.sendResponseHeaders(405, -1);
      } else {
        byte[] bytes = body.get();
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
