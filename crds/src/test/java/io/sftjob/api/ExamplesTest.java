package io.sftjob.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files in {@code examples/}, which people copy from. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("../examples");
  private static final YAMLMapper YAML = new YAMLMapper();

  static Stream<Path> jobs() throws IOException {
    return Files.walk(EXAMPLES).filter(file -> file.endsWith("sftjob.yaml")).sorted();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void eachJobIsOfTheApi(Path file) throws IOException {
    var job = YAML.readTree(file.toFile());
    assertThat(job.get("apiVersion").textValue()).isEqualTo(SFTJob.API_VERSION);
    assertThat(job.get("kind").textValue()).isEqualTo(SFTJob.KIND);
    assertThat(job.get("metadata").has("namespace")).as("works in any namespace").isFalse();
    assertThat(spec(job).model().uri()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void anUnknownFieldWouldBeSeen(Path file) throws IOException {
    var job = YAML.readTree(file.toFile());
    ((ObjectNode) job.at("/spec/model")).put("quantisation", "NF4");
    assertThatThrownBy(() -> spec(job))
        .isInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining("quantisation");
  }

  @Test
  void theFullExampleNamesEveryField() throws IOException {
    var lines = Files.readAllLines(EXAMPLES.resolve("full/sftjob.yaml"));
    assertThat(fields(SFTJobSpec.class))
        .isNotEmpty()
        .allSatisfy(
            field ->
                assertThat(lines)
                    .anyMatch(line -> line.matches("\\s*(# )?(\\w+: \\{)?" + field + ":.*")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"argocd/application.yaml", "demo/namespace.yaml", "demo/volume.yaml"})
  void theOtherManifestsAreObjects(String file) throws IOException {
    try (var documents = YAML.readerFor(JsonNode.class).readValues(read(file))) {
      List<Object> objects = documents.readAll();
      assertThat(objects)
          .isNotEmpty()
          .allSatisfy(
              object ->
                  assertThat(((JsonNode) object).at("/metadata/name").textValue()).isNotEmpty());
    }
  }

  @Test
  void argoCdsPatchHoldsTheHealthScript() throws IOException {
    var patch =
        YAML.readValue(
            read("argocd/argocd-cm-patch.yaml"),
            new TypeReference<Map<String, Map<String, String>>>() {});
    assertThat(patch.get("data"))
        .containsEntry(
            "resource.customizations.health.sftjob.io_SFTJob", read("argocd/health.lua"));
  }

  private static SFTJobSpec spec(JsonNode job) throws IOException {
    return YAML.treeToValue(job.get("spec"), SFTJobSpec.class);
  }

  /** The names of a record's fields and of the API's records in it. */
  private static Stream<String> fields(Class<?> record) {
    return Stream.of(record.getRecordComponents())
        .flatMap(
            component -> Stream.concat(Stream.of(component.getName()), fieldsOfType(component)));
  }

  private static Stream<String> fieldsOfType(RecordComponent component) {
    return component.getType().isRecord() ? fields(component.getType()) : Stream.empty();
  }

  private static String read(String file) throws IOException {
    return Files.readString(EXAMPLES.resolve(file));
  }
}
