package io.sftjob.trainer.spec;

import io.sftjob.api.v1alpha1.Decimals;
import io.sftjob.api.v1alpha1.LoraSpec;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import java.util.ArrayList;
import java.util.List;

/** What a spec must hold to, where no API server has checked it. */
final class SpecRules {
  private SpecRules() {}

  /** Each problem with its field and the way out; empty if there is none. */
  static List<String> problems(SFTJobSpec spec) {
    if (spec == null) {
      return List.of("spec is missing");
    }
    var problems = new ArrayList<>(Constraints.problems("spec", spec));
    if (problems.isEmpty()) {
      between(spec, problems);
    }
    return problems;
  }

  private static void between(SFTJobSpec spec, List<String> problems) {
    var data = spec.dataset();
    if (data.eval() != null && data.evalFraction() != null) {
      problems.add("spec.dataset.eval and spec.dataset.evalFraction exclude each other; keep one");
    }
    below(problems, "spec.dataset.evalFraction", data.evalFraction(), 1);
    var training = spec.training();
    if (training != null) {
      if (training.epochs() != null && training.maxSteps() != null) {
        problems.add(
            "spec.training.epochs and spec.training.maxSteps exclude each other; keep one");
      }
      if (training.warmupRatio() != null && training.warmupSteps() != null) {
        problems.add(
            "spec.training.warmupRatio and spec.training.warmupSteps exclude each other; keep one");
      }
      if (training.epochs() != null && Decimals.parse(training.epochs()) == 0) {
        problems.add("spec.training.epochs is 0; expected more");
      }
      if (training.warmupRatio() != null && Decimals.parse(training.warmupRatio()) > 1) {
        problems.add(
            "spec.training.warmupRatio is %s; expected 0 to 1".formatted(training.warmupRatio()));
      }
    }
    if (spec.lora() != null) {
      below(problems, "spec.lora.dropout", spec.lora().dropout(), 1);
      var targets = spec.lora().targetModules();
      if (targets != null && targets.size() > 1 && targets.contains(LoraSpec.ALL_LINEAR)) {
        problems.add(
            "spec.lora.targetModules names AllLinear and others; name AllLinear alone, or modules");
      }
    }
  }

  private static void below(List<String> problems, String field, String value, double limit) {
    if (value != null && Decimals.parse(value) >= limit) {
      problems.add("%s is %s; expected less than %s".formatted(field, value, (int) limit));
    }
  }
}
