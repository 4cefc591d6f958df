package io.sftjob.trainer.lora;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Values of some modules in place of a common one: PEFT's {@code rank_pattern} and {@code
 * alpha_pattern}. A key is a regular expression for a path or for its end after a dot; in PEFT's
 * files the first key that matches counts ({@code get_pattern_key}). A spec's map has no order, so
 * there two keys may not differ about a module.
 */
final class Overrides<T> {
  private final List<Entry<T>> entries = new ArrayList<>();
  private final Origin origin;
  private final Origin.Field field;

  private record Entry<T>(String key, PathRegex regex, T value) {}

  /**
   * @throws io.sftjob.trainer.TrainerException if a key is no regular expression
   */
  Overrides(Map<String, T> values, Origin origin, Origin.Field field) {
    this.origin = origin;
    this.field = field;
    values.forEach(
        (key, value) ->
            entries.add(
                new Entry<>(key, new PathRegex("(.*\\.)?(%s)", key, origin, field), value)));
  }

  /** The module's own value, if it has one. */
  Optional<T> of(String path) {
    var matching = entries.stream().filter(entry -> entry.regex.matches(path)).toList();
    if (matching.isEmpty()) {
      return Optional.empty();
    }
    var first = matching.getFirst();
    if (origin.isSpec()) {
      refuseTwoValues(path, first, matching);
    }
    return Optional.of(first.value);
  }

  private void refuseTwoValues(String path, Entry<T> first, List<Entry<T>> matching) {
    for (var other : matching) {
      if (!other.value.equals(first.value)) {
        throw origin.refused(
            field,
            "`%s` and `%s` both match %s, with %s and %s: write keys that match it once",
            first.key,
            other.key,
            path,
            first.value,
            other.value);
      }
    }
  }

  /**
   * Refuses keys that match none of the modules.
   *
   * @param there what may be written, for the message
   */
  void requireUse(List<String> paths, Function<List<String>, String> there) {
    for (var entry : entries) {
      if (paths.stream().noneMatch(entry.regex::matches)) {
        throw origin.refused(
            field,
            "`%s` matches no module with an adapter. There are %s.",
            entry.key,
            there.apply(paths));
      }
    }
  }
}
