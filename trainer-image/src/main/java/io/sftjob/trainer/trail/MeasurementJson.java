package io.sftjob.trainer.trail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sftjob.trainer.trail.Measurement.Kind;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A measurement as a line of JSON: {@code {"step": 10, "epoch": 0.5, "loss": 1.25, …, "time": …}}.
 * A value that is not finite is null.
 */
final class MeasurementJson {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> FIELDS =
      new TypeReference<>() {};
  private static final String STEP = "step";
  private static final String EPOCH = "epoch";
  private static final String TIME = "time";

  private MeasurementJson() {}

  static String line(Measurement measurement) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put(STEP, measurement.step());
    fields.put(EPOCH, measurement.epoch());
    measurement.values().forEach((name, value) -> fields.put(name, finite(value)));
    fields.put(TIME, measurement.time().toString());
    try {
      return JSON.writeValueAsString(fields) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty where a line is none of {@link #line}'s: torn, or edited. */
  static Optional<Measurement> parse(String line) {
    Map<String, Object> fields;
    try {
      fields = JSON.readValue(line, FIELDS);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    if (fields == null
        || !(fields.remove(STEP) instanceof Number step)
        || !(fields.remove(EPOCH) instanceof Number epoch)
        || !(fields.remove(TIME) instanceof String time)) {
      return Optional.empty();
    }
    var values = new LinkedHashMap<String, Number>();
    for (var field : fields.entrySet()) {
      switch (field.getValue()) {
        case null -> values.put(field.getKey(), Double.NaN);
        case Number number -> values.put(field.getKey(), number);
        default -> {
          return Optional.empty();
        }
      }
    }
    var kind = values.containsKey(Names.EVAL_LOSS) ? Kind.Evaluation : Kind.Train;
    try {
      return Optional.of(
          new Measurement(
              kind, step.longValue(), epoch.doubleValue(), Instant.parse(time), values));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Number finite(Number value) {
    return value instanceof Double d && !Double.isFinite(d) ? null : value;
  }
}
