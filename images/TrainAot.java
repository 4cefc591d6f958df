import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Trains a JVM's AOT cache by a real start of the operator on an API server that holds nothing.
 * Arguments: the image's java, the folder of quarkus-run.jar, the cache to write.
 */
public final class TrainAot {
  private static final int LIMIT_SECONDS = 120;
  private static final String EMPTY =
      "{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}";
  private static final String NOT_FOUND =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":404}";
  private static final String ALL_ALLOWED =
      """
      {"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1",
       "status": {"incomplete": false, "nonResourceRules": [],
         "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]}}""";

  private final AtomicReference<String> lease = new AtomicReference<>();
  private final CountDownLatch watching = new CountDownLatch(1);
  private final CountDownLatch listening = new CountDownLatch(1);

  public static void main(String[] args) throws Exception {
    new TrainAot().train(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
    System.exit(0); // Watches are still open.
  }

  private void train(Path java, Path application, Path cache) throws Exception {
    Files.createDirectories(cache.getParent());
    Files.deleteIfExists(cache);
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();

    var operator = start(java, application, cache, server.getAddress().getPort());
    var log = new StringBuffer();
    var reader = Thread.ofVirtual().start(() -> read(operator, log));
    boolean started =
        watching.await(LIMIT_SECONDS, TimeUnit.SECONDS)
            && listening.await(LIMIT_SECONDS, TimeUnit.SECONDS)
            && operator.isAlive();
    // SIGTERM: the JVM writes the cache while it ends. Process.destroy would close its output first.
    operator.toHandle().destroy();
    boolean ended = operator.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    operator.destroyForcibly();
    reader.join();
    if (!started || !ended || !Files.exists(cache)) {
      System.err.println(log);
      System.err.println("TrainAot: no cache, see the operator's words above. AOT=0 does without.");
      System.exit(1);
    }
  }

  private void read(Process operator, StringBuffer log) {
    try (var lines = operator.inputReader()) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        log.append(line).append('\n');
        if (line.contains("Listening on: ")) {
          listening.countDown();
        }
      }
    } catch (IOException e) {
      log.append(e);
    }
    // It ended: nothing more to wait for.
    watching.countDown();
    listening.countDown();
  }

  private static Process start(Path java, Path application, Path cache, int port)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(java.toString());
    command.add("-XX:AOTCacheOutput=" + cache);
    command.add("-XX:-UsePerfData");
    command.add("-Djava.util.logging.manager=org.jboss.logmanager.LogManager");
    command.add("-jar");
    command.add("quarkus-run.jar");
    var builder = new ProcessBuilder(command).directory(application.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "KUBERNETES_MASTER", "http://127.0.0.1:" + port,
                "SFT_TRAINER_IMAGE", "none",
                "SFT_LEADER_NAMESPACE", "default",
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", "0"));
    return builder.redirectErrorStream(true).start();
  }

  /** Lists are empty, watches silent, the lease of the leader election is kept. */
  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var query = String.valueOf(exchange.getRequestURI().getQuery());
    if (exchange.getRequestHeaders().containsKey("Upgrade")) {
      reply(exchange, 200, EMPTY); // No web sockets here: the client goes on with plain watches.
    } else if (query.contains("watch=true")) {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().flush();
      watching.countDown();
    } else if (path.endsWith("/selfsubjectrulesreviews")) {
      reply(exchange, 201, ALL_ALLOWED);
    } else if (path.contains("/leases")) {
      if (!exchange.getRequestMethod().equals("GET")) {
        lease.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      }
      reply(
          exchange,
          lease.get() == null ? 404 : 200,
          Objects.requireNonNullElse(lease.get(), NOT_FOUND));
    } else {
      reply(exchange, 200, EMPTY);
    }
  }

  private static void reply(HttpExchange exchange, int code, String json) throws IOException {
    var bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
