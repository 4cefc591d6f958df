package io.sftjob.trainer.lora;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.LoraSpec;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import java.util.ArrayList;
import java.util.List;

/** Which modules get an adapter: PEFT's matching, the exact path or its end after a dot. */
final class Placement {
  private Placement() {}

  /**
   * In the order of computation.
   *
   * @param field that holds the targets, for messages
   * @throws TrainerException if a name matches nothing, listing what there is
   */
  static List<LoraModule> modules(DecoderSpec spec, String field, List<String> targets) {
    List<LoraModule> all = all(spec);
    if (targets.equals(List.of(LoraSpec.ALL_LINEAR))) {
      return all;
    }
    for (String target : targets) {
      if (all.stream().noneMatch(module -> matches(module, target))) {
        throw new TrainerException(
            ExitCode.InvalidSpec,
            "%s: no linear module of this model is called `%s`. There are %s, or %s for all of them."
                .formatted(field, target, String.join(", ", names(spec)), LoraSpec.ALL_LINEAR));
      }
    }
    return all.stream()
        .filter(module -> targets.stream().anyMatch(target -> matches(module, target)))
        .toList();
  }

  private static boolean matches(LoraModule module, String target) {
    return module.path().equals(target) || module.path().endsWith("." + target);
  }

  private static List<LoraModule> all(DecoderSpec spec) {
    var modules = new ArrayList<LoraModule>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (LinearRole role : spec.layout().roles()) {
        modules.add(new LoraModule(layer, role, spec.layout().module(layer, role)));
      }
    }
    return modules;
  }

  private static List<String> names(DecoderSpec spec) {
    return spec.layout().roles().stream()
        .map(role -> spec.layout().module(0, role))
        .map(path -> path.substring(path.lastIndexOf('.') + 1))
        .distinct()
        .sorted()
        .toList();
  }
}
