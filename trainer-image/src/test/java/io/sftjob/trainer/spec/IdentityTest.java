package io.sftjob.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A resume with another spec is refused by the field that differs. A new field of the API fails
 * here until it is a part of the identity, or named as one that changes no weight.
 */
class IdentityTest {
  /** Of {@link EffectiveSpec}: when is saved, what is kept or told, how a step is computed. */
  private static final Set<String> CHANGE_NO_WEIGHT =
      Set.of(
          "gradientCheckpointing",
          "maxNonFiniteSteps",
          "checkpointEverySteps",
          "keepLast",
          "keepBest",
          "resume",
          "backoffLimit",
          "memoryEstimate",
          "mlflowUri",
          "mlflowExperiment",
          "mlflowRunName");

  /** Of {@link SFTJobSpec}, by path; all below a path that ends with a dot. */
  private static final List<String> SPEC_CHANGES_NO_WEIGHT =
      List.of(
          "spec.checkpoint.",
          "spec.compute.",
          "spec.output.",
          "spec.tracking.",
          "spec.training.gradientCheckpointing",
          "spec.training.maxNonFiniteSteps",
          // Its content is in the data's fingerprint, which a resume compares.
          "spec.dataset.eval.",
          "spec.suspend",
          "spec.backoffLimit");

  @TempDir private Path folder;
  private SFTJobSpec spec;

  @BeforeEach
  void readSpec() throws Exception {
    spec = read("{uri: pvc://work/train.jsonl}");
  }

  private SFTJobSpec read(String train) throws Exception {
    return SpecReader.read(
            Files.writeString(
                folder.resolve("job.yaml"),
                """
                apiVersion: sftjob.io/v1alpha1
                kind: SFTJob
                metadata: {name: bot}
                spec:
                  model: {uri: pvc://work/model.gguf}
                  dataset: {train: %s, chatTemplate: "{{ messages }}"}
                  lora: {initFrom: {uri: pvc://work/adapter}}
                  output: {uri: pvc://work/out}
                """
                    .formatted(train)))
        .spec();
  }

  static Stream<String> effectiveFields() {
    return Arrays.stream(EffectiveSpec.class.getRecordComponents()).map(RecordComponent::getName);
  }

  @ParameterizedTest
  @MethodSource("effectiveFields")
  void everyFieldIsInTheIdentityOrChangesNoWeight(String field) throws Exception {
    var before = RunSettings.identity(spec, effective(null));
    var after = RunSettings.identity(spec, effective(field));
    var differing =
        before.keySet().stream().filter(k -> !before.get(k).equals(after.get(k))).toList();
    if (CHANGE_NO_WEIGHT.contains(field)) {
      assertThat(differing).as(field).isEmpty();
    } else {
      assertThat(differing).as("identity's field for %s", field).hasSize(1);
      assertThat(differing.getFirst()).startsWith("spec.");
    }
  }

  @Test
  void whatIsListedExists() {
    assertThat(effectiveFields()).containsAll(CHANGE_NO_WEIGHT);
  }

  @Test
  void everyPathOfTheSpecIsInTheIdentityOrChangesNoWeight() throws Exception {
    var several = read("{sources: [{uri: pvc://work/train.jsonl, weight: \"2\"}]}");
    var identity = new TreeSet<>(RunSettings.identity(spec, effective(null)).keySet());
    identity.addAll(RunSettings.identity(several, effective(null)).keySet());
    var unknown =
        leaves("spec", SFTJobSpec.class).stream()
            .filter(path -> !identity.contains(path))
            .filter(path -> SPEC_CHANGES_NO_WEIGHT.stream().noneMatch(p -> listed(path, p)))
            .toList();
    assertThat(unknown).isEmpty();
  }

  @Test
  void withoutEarlyStoppingEvaluationChangesNoWeight() throws Exception {
    var without = without(effective(null), "earlyStoppingPatience");
    assertThat(RunSettings.identity(spec, without)).doesNotContainKey("spec.training.evalSteps");
  }

  private static boolean listed(String path, String listed) {
    return listed.endsWith(".") ? path.startsWith(listed) : path.equals(listed);
  }

  private static List<String> leaves(String path, Class<?> type) {
    if (!type.isRecord()) {
      return List.of(path);
    }
    return Arrays.stream(type.getRecordComponents())
        .flatMap(c -> leaves(path + "." + c.getName(), c.getType()).stream())
        .toList();
  }

  /** With every field set, and one of them otherwise. */
  private static EffectiveSpec effective(String otherwise) throws Exception {
    var values = new ArrayList<>();
    for (var c : EffectiveSpec.class.getRecordComponents()) {
      values.add(value(c.getType(), c.getName().equals(otherwise) ? 1 : 0));
    }
    return of(EffectiveSpec.class, values);
  }

  private static EffectiveSpec without(EffectiveSpec spec, String field) throws Exception {
    var values = new ArrayList<>();
    for (var c : EffectiveSpec.class.getRecordComponents()) {
      values.add(c.getName().equals(field) ? null : c.getAccessor().invoke(spec));
    }
    return of(EffectiveSpec.class, values);
  }

  private static Object value(Class<?> type, int variant) throws Exception {
    if (type.isEnum()) {
      return type.getEnumConstants()[variant];
    }
    if (type.isRecord()) {
      var values = new ArrayList<>();
      for (var c : type.getRecordComponents()) {
        values.add(value(c.getType(), variant));
      }
      return of(type, values);
    }
    return switch (type.getSimpleName()) {
      case "String" -> "0." + (1 + variant);
      case "Integer" -> 1 + variant;
      case "Long" -> 1L + variant;
      case "Boolean" -> variant == 0;
      case "List" -> List.of("a" + variant);
      case "Map" -> Map.of("a", variant);
      default -> throw new IllegalStateException("no value for " + type);
    };
  }

  private static <T> T of(Class<T> type, List<Object> values) throws Exception {
    var types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    return type.getDeclaredConstructor(types).newInstance(values.toArray());
  }
}
