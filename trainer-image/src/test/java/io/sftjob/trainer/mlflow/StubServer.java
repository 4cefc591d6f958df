package io.sftjob.trainer.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A tracking server that remembers what it was told, and that can behave badly. */
final class StubServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Answers a call; null: as a good server does. */
  interface Behaviour {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  /** A call: its name, its body, and its Authorization header. */
  record Call(String name, JsonNode body, String authorization) {}

  final List<Call> calls = new CopyOnWriteArrayList<>();
  volatile Behaviour behaviour;
  volatile String runs = "{}";
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  StubServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/prefix/api/2.0/mlflow/", this::handle);
    server.start();
  }

  String uri() {
    return "http://localhost:%d/prefix/".formatted(server.getAddress().getPort());
  }

  List<JsonNode> bodies(String call) {
    return calls.stream().filter(c -> c.name.equals(call)).map(Call::body).toList();
  }

  /** Steps of a metric, in the order in which they came. */
  List<Long> steps(String metric) {
    return bodies("runs/log-batch").stream()
        .flatMap(body -> body.path("metrics").valueStream())
        .filter(m -> m.get("key").textValue().equals(metric))
        .map(m -> m.get("step").longValue())
        .toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var bad = behaviour;
      if (bad != null) {
        bad.answer(exchange);
        return;
      }
      String call = exchange.getRequestURI().getPath().replace("/prefix/api/2.0/mlflow/", "");
      var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
      calls.add(new Call(call, body, exchange.getRequestHeaders().getFirst("Authorization")));
      switch (call) {
        case "experiments/get-by-name" ->
            send(exchange, 404, "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\"}");
        case "experiments/create" -> send(exchange, 200, "{\"experiment_id\": \"7\"}");
        case "runs/search" -> send(exchange, 200, runs);
        case "runs/create" -> send(exchange, 200, "{\"run\": {\"info\": {\"run_id\": \"r1\"}}}");
        default -> send(exchange, 200, "{}");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
