package io.sftjob.trainer.lora;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.lora.Origin.Field;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What an adapter consists of on one model.
 *
 * @param linears in the order of computation
 * @param whole the embedding, the head, both or none
 */
record Placement(List<LoraModule> linears, List<WholeModule> whole) {

  /**
   * @throws TrainerException if the configuration does not fit the model, listing what there is
   */
  static Placement of(DecoderSpec spec, LoraConfig config, Origin origin) {
    Predicate<String> targeted = config.targets().matcher(origin);
    var ranks = new Overrides<>(config.rankPattern(), origin, Field.RANK_PATTERN);
    var alphas = new Overrides<>(config.alphaPattern(), origin, Field.ALPHA_PATTERN);
    var linears = new ArrayList<LoraModule>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (LinearRole role : spec.layout().roles()) {
        String path = spec.layout().module(layer, role);
        if (targeted.test(path)) {
          int rank = ranks.of(path).orElse(config.rank());
          double alpha = alphas.of(path).orElse(config.alpha());
          linears.add(new LoraModule(path, layer, role, rank, alpha));
        }
      }
    }
    var paths = linears.stream().map(LoraModule::path).toList();
    requireTargets(spec, config.targets(), paths, origin);
    if (origin.isSpec()) {
      ranks.requireUse(paths, ModuleNames::list);
      alphas.requireUse(paths, ModuleNames::list);
    }
    return new Placement(linears, whole(spec, config.modulesToSave(), origin));
  }

  private static void requireTargets(
      DecoderSpec spec, Targets targets, List<String> paths, Origin origin) {
    var all = ModuleNames.linears(spec);
    if (targets instanceof Targets.Names(var names) && origin.isSpec()) {
      for (String name : names) {
        if (all.stream().noneMatch(path -> Targets.isEnd(path, name))) {
          throw origin.refused(
              Field.TARGET_MODULES,
              "no linear module of this model is called `%s`. There are %s, or AllLinear for all of them.",
              name,
              ModuleNames.list(all));
        }
      }
    }
    if (paths.isEmpty()) {
      throw origin.refused(
          targets instanceof Targets.Regex ? Field.TARGET_MODULES_REGEX : Field.TARGET_MODULES,
          "it matches no linear module of this model. There are %s, in full such as %s.",
          ModuleNames.list(all),
          all.getFirst());
    }
  }

  private static List<WholeModule> whole(DecoderSpec spec, List<String> names, Origin origin) {
    var all = WholeModule.all(spec);
    for (String name : names) {
      if (all.stream().noneMatch(module -> Targets.isEnd(module.path(), name))) {
        throw origin.refused(
            Field.MODULES_TO_SAVE,
            "`%s` can not be trained whole. This model's embedding is called %s, its head %s.",
            name,
            ModuleNames.shortOf(all.getFirst().path()),
            ModuleNames.shortOf(all.getLast().path()));
      }
    }
    long bytes = 4L * spec.vocabSize() * spec.hiddenSize();
    if (!names.isEmpty() && bytes > Integer.MAX_VALUE) {
      throw origin.refused(
          Field.MODULES_TO_SAVE,
          "%d embeddings of %d are %,d bytes in float32; at most %,d can be trained whole.",
          spec.vocabSize(),
          spec.hiddenSize(),
          bytes,
          Integer.MAX_VALUE);
    }
    return all.stream()
        .filter(module -> names.stream().anyMatch(name -> Targets.isEnd(module.path(), name)))
        .toList();
  }
}
