package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Paths of modules, and their short forms, which stand for all modules that end so. */
public final class ModuleNames {
  private ModuleNames() {}

  /** Of a model, in the order of computation; without the head. */
  public static List<String> linears(DecoderSpec spec) {
    var layout = spec.layout();
    return IntStream.range(0, spec.layers())
        .boxed()
        .flatMap(layer -> layout.roles().stream().map(role -> layout.module(layer, role)))
        .toList();
  }

  /** What is behind the last dot. */
  static String shortOf(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** For messages: the short forms. */
  public static String list(Collection<String> paths) {
    return String.join(
        ", ",
        paths.stream().map(ModuleNames::shortOf).collect(Collectors.toCollection(TreeSet::new)));
  }

  /**
   * A map over modules in as few entries as say the same: a short form where all modules of a model
   * that end so have the same value, else whole paths. PEFT reads it with the same result in any
   * order.
   *
   * @param values of each of {@code linears}; empty: no entry
   */
  static <T> Map<String, T> shortest(List<String> linears, Function<String, Optional<T>> values) {
    var shortest = new TreeMap<String, T>();
    linears.stream()
        .collect(Collectors.groupingBy(ModuleNames::shortOf))
        .forEach(
            (shortForm, paths) -> {
              var first = values.apply(paths.getFirst());
              if (first.isPresent()
                  && paths.stream().allMatch(p -> values.apply(p).equals(first))) {
                shortest.put(shortForm, first.get());
              } else {
                paths.forEach(path -> values.apply(path).ifPresent(v -> shortest.put(path, v)));
              }
            });
    return shortest;
  }
}
