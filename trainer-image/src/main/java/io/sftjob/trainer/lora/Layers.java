package io.sftjob.trainer.lora;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * PEFT's {@code layers_to_transform} and {@code layers_pattern}.
 *
 * @param patterns of the name before a layer's number; none: any name
 */
record Layers(Set<Integer> numbers, List<String> patterns) {
  private static final String ANY = ".*?\\.[^.]*\\.(\\d+)\\.";
  private static final String NAMED = "(?:^|.*?\\.)%s\\.(\\d+)\\.";

  Layers {
    numbers = Set.copyOf(numbers);
    patterns = List.copyOf(patterns);
  }

  /** Tells which paths lie in these layers. */
  Predicate<String> matcher(Origin origin) {
    List<PathRegex> layer =
        patterns.isEmpty()
            ? List.of(new PathRegex(ANY, "", origin, Origin.Field.LAYERS_PATTERN))
            : patterns.stream()
                .map(p -> new PathRegex(NAMED, p, origin, Origin.Field.LAYERS_PATTERN))
                .toList();
    // As in PEFT, the first pattern that matches decides.
    return path ->
        layer.stream()
            .map(regex -> regex.number(path))
            .flatMapToInt(java.util.OptionalInt::stream)
            .limit(1)
            .anyMatch(numbers::contains);
  }
}
