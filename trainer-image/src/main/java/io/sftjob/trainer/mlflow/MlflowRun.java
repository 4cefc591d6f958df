package io.sftjob.trainer.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.progress.Outcome;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Names;
import io.sftjob.trainer.trail.RunFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run on the server. One that an earlier process of the same run began is gone on with; what it
 * has is not sent again.
 */
final class MlflowRun {
  private static final Logger LOG = LoggerFactory.getLogger(MlflowRun.class);
  private static final String ID_TAG = "sft.run";

  /** MLflow's limit of a request. */
  private static final int MAX_PARAMS = 100;

  /** MLflow's limit of a parameter's value. */
  private static final int MAX_PARAM_CHARACTERS = 6000;

  private final MlflowApi api;
  private final String id;
  private final Map<String, Long> newest;

  private MlflowRun(MlflowApi api, String id, Map<String, Long> newest) {
    this.api = api;
    this.id = id;
    this.newest = newest;
  }

  /** Finds or makes experiment and run, and says what is trained. */
  static MlflowRun open(MlflowApi api, MlflowSettings settings, RunFacts facts, Instant now)
      throws MlflowException, InterruptedException {
    String experiment = experiment(api, settings.experiment());
    var found =
        api.post(
                "runs/search",
                Map.of(
                    "experiment_ids", List.of(experiment),
                    "filter", "tags.`%s` = '%s'".formatted(ID_TAG, facts.job().id()),
                    "max_results", 1))
            .path("runs");
    var run =
        found.isEmpty() ? create(api, experiment, settings, facts, now) : goOn(api, found.get(0));
    run.params(facts.spec());
    return run;
  }

  private static String experiment(MlflowApi api, String name)
      throws MlflowException, InterruptedException {
    try {
      return text(
          api.get("experiments/get-by-name", "experiment_name", name), "/experiment/experiment_id");
    } catch (MlflowException e) {
      if (!e.isNotFound()) {
        throw e;
      }
      return text(api.post("experiments/create", Map.of("name", name)), "/experiment_id");
    }
  }

  private static MlflowRun create(
      MlflowApi api, String experiment, MlflowSettings settings, RunFacts facts, Instant now)
      throws MlflowException, InterruptedException {
    var tags = new HashMap<String, String>();
    tags.put(ID_TAG, facts.job().id());
    tags.put("sft.job", facts.job().name());
    tags.put("sft.output", facts.job().output());
    tags.put("mlflow.source.name", "sft-operator");
    tags.put("mlflow.source.type", "JOB");
    var made =
        api.post(
            "runs/create",
            Map.of(
                "experiment_id", experiment,
                "run_name", settings.runName(),
                "start_time", now.toEpochMilli(),
                "tags", pairs(tags)));
    return new MlflowRun(api, text(made, "/run/info/run_id"), Map.of());
  }

  private static MlflowRun goOn(MlflowApi api, JsonNode found)
      throws MlflowException, InterruptedException {
    String id = text(found, "/info/run_id");
    api.post("runs/update", Map.of("run_id", id, "status", "RUNNING"));
    var newest = new HashMap<String, Long>();
    for (var metric : found.at("/data/metrics")) {
      newest.put(metric.path("key").asText(), metric.path("step").asLong());
    }
    return new MlflowRun(api, id, newest);
  }

  /** What the server has otherwise, as a resume may have other values, it keeps. */
  private void params(Map<String, Object> spec) throws MlflowException, InterruptedException {
    var params = new HashMap<String, String>();
    spec.forEach((name, value) -> params.put(name, cut(String.valueOf(value))));
    var all = pairs(params);
    for (int from = 0; from < all.size(); from += MAX_PARAMS) {
      var part = all.subList(from, Math.min(all.size(), from + MAX_PARAMS));
      try {
        api.post("runs/log-batch", Map.of("run_id", id, "params", part));
      } catch (MlflowException e) {
        if (!e.isFinal()) {
          throw e;
        }
        LOG.warn("MLflow does not take the parameters: {}", e.getMessage());
      }
    }
  }

  void log(List<Measurement> measurements) throws MlflowException, InterruptedException {
    var metrics = new ArrayList<Map<String, Object>>();
    for (var measurement : measurements) {
      if (!has(measurement)) {
        measurement
            .values()
            .forEach((name, value) -> metrics.add(metric(measurement, name, value)));
        metrics.add(metric(measurement, "epoch", measurement.epoch()));
      }
    }
    if (!metrics.isEmpty()) {
      api.post("runs/log-batch", Map.of("run_id", id, "metrics", metrics));
    }
  }

  private boolean has(Measurement measurement) {
    String key =
        switch (measurement.kind()) {
          case Train -> Names.LOSS;
          case Evaluation -> Names.EVAL_LOSS;
        };
    return measurement.step() <= newest.getOrDefault(key, -1L);
  }

  private static Map<String, Object> metric(Measurement measurement, String name, Number value) {
    return Map.of(
        "key",
        name,
        // Protobuf's JSON has words for what is not finite.
        "value",
        Double.isFinite(value.doubleValue()) ? value : String.valueOf(value),
        "timestamp",
        measurement.time().toEpochMilli(),
        "step",
        measurement.step());
  }

  void end(Outcome outcome, Instant now) throws MlflowException, InterruptedException {
    String status =
        switch (outcome) {
          case Succeeded -> "FINISHED";
          case Preempted -> "KILLED";
          case Failed -> "FAILED";
        };
    api.post("runs/update", Map.of("run_id", id, "status", status, "end_time", now.toEpochMilli()));
  }

  private static List<Map<String, String>> pairs(Map<String, String> all) {
    return all.entrySet().stream()
        .map(e -> Map.of("key", e.getKey(), "value", e.getValue()))
        .toList();
  }

  private static String cut(String value) {
    return value.length() <= MAX_PARAM_CHARACTERS
        ? value
        : value.substring(0, MAX_PARAM_CHARACTERS - 1) + "…";
  }

  private static String text(JsonNode answer, String path) throws MlflowException {
    var found = answer.at(path);
    if (!found.isTextual() || found.textValue().isEmpty()) {
      throw new MlflowException("the answer has no " + path.substring(1) + ": " + answer, 0, null);
    }
    return found.textValue();
  }
}
