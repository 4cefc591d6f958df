package io.sftjob.trainer.trail;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a log step or an evaluation has measured.
 *
 * @param step optimizer steps done
 * @param epoch passes over the data done
 * @param values by TRL's names where it has one, in the order in which they are written; a value
 *     may be not finite
 */
public record Measurement(
    Kind kind, long step, double epoch, Instant time, Map<String, Number> values) {

  /** Where a measurement comes from. */
  public enum Kind {
    Train,
    Evaluation
  }

  public Measurement {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** NaN where there is no such value. */
  public double value(String name) {
    Number value = values.get(name);
    return value == null ? Double.NaN : value.doubleValue();
  }
}
