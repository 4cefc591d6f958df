package io.sftjob.trainer.spec;

import io.sftjob.api.v1alpha1.SFTJobSpec;
import io.sftjob.trainer.spec.SpecRules.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is wrong with a spec, where no API server has checked it. */
final class SpecProblems {
  private SpecProblems() {}

  /** Each problem with its field and the way out; empty if there is none. */
  static List<String> of(SFTJobSpec spec) {
    if (spec == null) {
      return List.of("spec is missing");
    }
    var problems = new ArrayList<>(Constraints.problems("spec", spec));
    if (problems.isEmpty()) {
      between("spec", spec, problems);
    }
    return problems;
  }

  /** All of the CRD's. */
  static Stream<Rule<?>> rules() {
    return Stream.concat(PlaceRules.ALL.stream(), SpecRules.ALL.stream());
  }

  private static void between(String path, Record record, List<String> problems) {
    rules()
        .filter(rule -> rule.broken(record))
        .forEach(rule -> problems.add(path + ": " + rule.message()));
    for (var component : record.getClass().getRecordComponents()) {
      String field = path + "." + component.getName();
      switch (Constraints.read(component, record)) {
        case Record inner -> between(field, inner, problems);
        case List<?> list -> {
          for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof Record inner) {
              between("%s[%d]".formatted(field, i), inner, problems);
            }
          }
        }
        case null, default -> {}
      }
    }
  }
}
