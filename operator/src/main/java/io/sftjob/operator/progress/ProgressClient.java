package io.sftjob.operator.progress;

import io.sftjob.operator.progress.Problem.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a pod for its progress. The answer may be late, huge or hostile: time and size are capped.
 */
final class ProgressClient implements AutoCloseable {
  static final int MAX_BYTES = 64 * 1024;

  private final Duration timeout;
  private final int port;
  private final HttpClient http;

  ProgressClient(Duration timeout, int port) {
    this.timeout = timeout;
    this.port = port;
    this.http =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** The body of {@code GET /v1/progress} of the pod at that address. */
  byte[] fetch(String podIp) throws UnusableException, InterruptedException {
    var host = podIp.contains(":") ? "[" + podIp + "]" : podIp;
    var request =
        HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/v1/progress"));
    var answer =
        http.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
    try {
      // The request's own timeout ends with the headers; a body that trickles must not hold us up.
      return body(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new UnusableException(Kind.TimedOut, "no answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw unusable(e.getCause());
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private static byte[] body(HttpResponse<byte[]> answer) throws UnusableException {
    if (answer.statusCode() == 200) return answer.body();
    throw new UnusableException(Kind.Refused, "HTTP status " + answer.statusCode());
  }

  private static UnusableException unusable(Throwable cause) {
    if (cause instanceof IOException && String.valueOf(cause.getMessage()).contains("capacity")) {
      return new UnusableException(Kind.TooLarge, "an answer of more than " + MAX_BYTES + " bytes");
    }
    return new UnusableException(Kind.Unreachable, cause.toString());
  }
}
