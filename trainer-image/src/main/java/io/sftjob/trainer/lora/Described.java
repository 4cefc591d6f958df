package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An adapter on one model in the fewest words: modules and patterns are listed as they were found
 * there, so that no reader needs our dialect of regular expressions or an order of patterns.
 */
record Described(
    int rank,
    Number alpha,
    Map<String, Integer> rankPattern,
    Map<String, Number> alphaPattern,
    List<String> targetModules,
    List<String> modulesToSave,
    boolean useRslora) {

  static Described of(DecoderSpec spec, LoraConfig config, Placement placement) {
    var all = ModuleNames.linears(spec);
    var byPath =
        placement.linears().stream()
            .collect(Collectors.toMap(LoraModule::path, Function.identity()));
    Function<String, Optional<LoraModule>> module = path -> Optional.ofNullable(byPath.get(path));
    return new Described(
        config.rank(),
        number(config.alpha()),
        ModuleNames.shortest(
            all, module.andThen(m -> m.map(LoraModule::rank).filter(r -> r != config.rank()))),
        ModuleNames.shortest(
            all,
            module.andThen(
                m ->
                    m.map(LoraModule::alpha)
                        .filter(a -> a != config.alpha())
                        .map(Described::number))),
        List.copyOf(ModuleNames.shortest(all, module.andThen(m -> m.map(x -> true))).keySet()),
        placement.whole().stream().map(m -> ModuleNames.shortOf(m.path())).toList(),
        config.useRslora());
  }

  /** PEFT's alphas are integers, where they can be. */
  private static Number number(double alpha) {
    return alpha == Math.rint(alpha) ? (Number) Math.round(alpha) : (Number) alpha;
  }

  /** By the names of the spec's fields. */
  Map<String, Object> fields() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("rank", rank);
    fields.put("alpha", alpha);
    fields.put("useRslora", useRslora);
    fields.put("rankPattern", rankPattern);
    fields.put("alphaPattern", alphaPattern);
    fields.put("targetModules", targetModules);
    fields.put("modulesToSave", modulesToSave);
    return fields;
  }
}
