package io.sftjob.trainer.gguf;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The key-value section. Integers of every width are {@link Long}, both float widths {@link
 * Double}, arrays {@link List}. A key of another type than asked for is refused by name.
 */
public final class GgufMetadata {
  private final String file;
  private final Map<String, Object> values;

  GgufMetadata(String file, Map<String, Object> values) {
    this.file = file;
    this.values = Collections.unmodifiableMap(values);
  }

  public Set<String> keys() {
    return values.keySet();
  }

  public Optional<Object> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  public Optional<String> string(String key) {
    return typed(key, String.class);
  }

  public Optional<Long> integer(String key) {
    return typed(key, Long.class);
  }

  public Optional<Double> real(String key) {
    return typed(key, Double.class);
  }

  public Optional<Boolean> bool(String key) {
    return typed(key, Boolean.class);
  }

  public Optional<List<String>> strings(String key) {
    return list(key, String.class);
  }

  public Optional<List<Long>> integers(String key) {
    return list(key, Long.class);
  }

  public Optional<List<Double>> reals(String key) {
    return list(key, Double.class);
  }

  /** The value of a key that the file must have. */
  public <T> T required(String key, Optional<T> value) {
    return value.orElseThrow(
        () ->
            new TrainerException(
                ExitCode.ModelNotUsable, file + ": the GGUF header has no key `" + key + "`"));
  }

  private <T> Optional<T> typed(String key, Class<T> type) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw wrongType(key, type, value);
    }
    return Optional.of(type.cast(value));
  }

  private <T> Optional<List<T>> list(String key, Class<T> type) {
    return typed(key, List.class)
        .map(
            list -> {
              for (Object item : list) {
                if (!type.isInstance(item)) {
                  throw wrongType(key, type, item);
                }
              }
              @SuppressWarnings("unchecked")
              List<T> checked = (List<T>) list;
              return checked;
            });
  }

  private TrainerException wrongType(String key, Class<?> expected, Object found) {
    return new TrainerException(
        ExitCode.ModelNotUsable,
        "%s: the GGUF key `%s` holds a %s; expected a %s"
            .formatted(file, key, found.getClass().getSimpleName(), expected.getSimpleName()));
  }
}
