package io.sftjob.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.generator.annotation.ValidationRule;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules between fields refuse here what they refuse at the API server, in its words. */
class RefusedSpecsTest {
  private static final Path CASES = Path.of("../crds/src/test/resources/refused.yaml");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String MINIMAL =
      """
      model: {uri: pvc://models/tiny}
      dataset: {train: {uri: pvc://data/train.jsonl}}
      output: {uri: pvc://runs/demo}
      """;

  /** See {@code refused.yaml}. */
  record Case(String field, String message, String name, JsonNode before, ObjectNode spec) {
    @Override
    public String toString() {
      return field + ": " + message;
    }
  }

  /** A change of a job, and its name, are the API server's alone to refuse. */
  static List<Case> cases() throws IOException {
    return YAML.readValue(CASES.toFile(), new TypeReference<List<Case>>() {}).stream()
        .filter(c -> c.before() == null && c.name() == null)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefused(Case c) throws IOException {
    var job = YAML.createObjectNode();
    job.put("apiVersion", "sftjob.io/v1alpha1").put("kind", "SFTJob");
    job.putObject("metadata").put("name", "demo");
    job.set("spec", YAML.readerForUpdating(YAML.readTree(MINIMAL)).readValue(c.spec()));
    assertThatThrownBy(() -> SpecReader.parse("sftjob.yaml", YAML.writeValueAsString(job)))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageContaining(c.message());
  }

  @Test
  void everyRuleOfTheCrdIsKnownHere() {
    assertThat(SpecProblems.rules())
        .extracting(rule -> rule.type().getSimpleName() + ": " + rule.message())
        .containsExactlyInAnyOrderElementsOf(
            types().stream()
                .flatMap(
                    type ->
                        Arrays.stream(type.getAnnotationsByType(ValidationRule.class))
                            .filter(rule -> !rule.value().contains("oldSelf"))
                            .map(rule -> type.getSimpleName() + ": " + rule.message()))
                .toList());
  }

  @Test
  void everyRuleHasACase() throws IOException {
    var cases = cases();
    assertThat(SpecProblems.rules())
        .allSatisfy(
            rule ->
                assertThat(cases)
                    .as("%s", rule.message())
                    .anyMatch(c -> rule.message().startsWith(c.message())));
  }

  private static Set<Class<?>> types() {
    var types = new LinkedHashSet<Class<?>>();
    collect(SFTJobSpec.class, types);
    return types;
  }

  /** A record of the API, and those in its components and their lists and maps. */
  private static void collect(Type type, Set<Class<?>> types) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments()).forEach(inner -> collect(inner, types));
    } else if (type instanceof Class<?> record && record.isRecord() && types.add(record)) {
      Arrays.stream(record.getRecordComponents()).forEach(c -> collect(c.getGenericType(), types));
    }
  }
}
