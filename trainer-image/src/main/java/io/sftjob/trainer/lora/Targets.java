package io.sftjob.trainer.lora;

import io.sftjob.api.v1alpha1.LoraSpec;
import java.util.List;
import java.util.function.Predicate;

/** Which linear modules get an adapter; PEFT's {@code check_target_module_exists}. */
public sealed interface Targets {

  /** Every linear but the head. */
  record AllLinear() implements Targets {}

  /** Whole paths, or their ends after a dot. */
  record Names(List<String> names) implements Targets {
    public Names {
      names = List.copyOf(names);
    }
  }

  /** What matches the whole path. */
  record Regex(String regex) implements Targets {}

  /** Names that, where they are no whole path, count in some layers only. */
  record InLayers(Names names, Layers layers) implements Targets {}

  /** Without those that others match. */
  record Without(Targets targets, Targets excluded) implements Targets {}

  /** A spec's list: names, or the one entry {@code AllLinear}. */
  static Targets of(List<String> names) {
    return names.equals(List.of(LoraSpec.ALL_LINEAR)) ? new AllLinear() : new Names(names);
  }

  /**
   * Tells which paths of linear modules are targeted.
   *
   * @throws io.sftjob.trainer.TrainerException if something in it is no regular expression
   */
  default Predicate<String> matcher(Origin origin) {
    return switch (this) {
      case AllLinear all -> path -> true;
      case Names(var names) -> path -> names.stream().anyMatch(name -> isEnd(path, name));
      case Regex(var regex) ->
          new PathRegex("%s", regex, origin, Origin.Field.TARGET_MODULES_REGEX)::matches;
      case InLayers(var names, var layers) -> {
        var matches = names.matcher(origin);
        var within = layers.matcher(origin);
        yield path -> names.names().contains(path) || matches.test(path) && within.test(path);
      }
      case Without(var targets, var excluded) ->
          targets.matcher(origin).and(excluded.matcher(origin).negate());
    };
  }

  /** The path, or its end after a dot. */
  static boolean isEnd(String path, String name) {
    return path.equals(name) || path.endsWith("." + name);
  }
}
