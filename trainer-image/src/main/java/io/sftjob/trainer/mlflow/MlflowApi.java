package io.sftjob.trainer.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * MLflow's REST API, version 2.0: each call ends within a few seconds, whatever the server does.
 */
final class MlflowApi implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String PATH = "/api/2.0/mlflow/";

  /** More than an experiment's or a run's description has. */
  private static final long MAX_ANSWER_BYTES = 4 << 20;

  private static final int SHOWN_CHARACTERS = 300;

  private final MlflowSettings settings;
  private final Duration timeout;
  private final HttpClient client;

  MlflowApi(MlflowSettings settings, Duration timeout) {
    this.settings = settings;
    this.timeout = timeout;
    this.client = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  JsonNode get(String call, String parameter, String value)
      throws MlflowException, InterruptedException {
    String query = "?" + parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return send(call, request(call + query).GET());
  }

  JsonNode post(String call, Map<String, ?> body) throws MlflowException, InterruptedException {
    try {
      var json = BodyPublishers.ofString(JSON.writeValueAsString(body));
      return send(call, request(call).header("Content-Type", "application/json").POST(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(URI.create(settings.uri() + PATH + path));
    settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  private JsonNode send(String call, HttpRequest.Builder request)
      throws MlflowException, InterruptedException {
    // The client's own timeout ends with the headers; this one holds for the body, too.
    var answer =
        client.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofString(), MAX_ANSWER_BYTES));
    try {
      return read(call, answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw new MlflowException(call + ": no answer within " + timeout, 0, e);
    } catch (ExecutionException e) {
      throw new MlflowException(call + ": " + e.getCause(), 0, e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private static JsonNode read(String call, HttpResponse<String> answer) throws MlflowException {
    String body = answer.body();
    if (answer.statusCode() != 200) {
      throw new MlflowException(
          "%s: HTTP %d: %s".formatted(call, answer.statusCode(), start(body)),
          answer.statusCode(),
          null);
    }
    try {
      var json = JSON.readTree(body);
      if (json.isObject()) {
        return json;
      }
    } catch (JsonProcessingException e) {
      // Said below, with what came.
    }
    throw new MlflowException(
        "%s: the answer is no JSON object: %s".formatted(call, start(body)), 0, null);
  }

  private static String start(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS) + "…";
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
