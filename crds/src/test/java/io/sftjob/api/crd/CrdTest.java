package io.sftjob.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class CrdTest {
  /** `kubectl apply` keeps the whole object in an annotation, which may have 256 KiB. */
  private static final int MAX_BYTES = 100_000;

  private final String yaml = CrdYaml.generate();

  @Test
  void thePublishedFilesAreWhatTheRecordsSay() {
    assertThat(CrdYaml.files())
        .allSatisfy(
            file ->
                assertThat(Files.readString(file))
                    .as("%s is stale: run `make crds`", file)
                    .isEqualTo(yaml));
  }

  @Test
  void itIsSmallEnoughForAPlainApply() {
    assertThat(yaml.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(MAX_BYTES);
  }

  @Test
  void everyFieldIsDescribed() throws IOException {
    var bare = new ArrayList<String>();
    eachField(
        (path, field) -> {
          if (field.path("description").asText().isBlank()) bare.add(path);
        });
    assertThat(bare).isEmpty();
  }

  @Test
  void everyStringListAndMapIsBounded() throws IOException {
    var unbounded = new ArrayList<String>();
    eachSchema(
        (path, schema) -> {
          if (!bounded(schema)) unbounded.add(path);
        });
    assertThat(unbounded).isEmpty();
  }

  @Test
  void noRuleIsThereTwice() throws IOException {
    var rules = new ArrayList<List<String>>();
    eachSchema(
        (path, schema) ->
            rules.add(schema.path("x-kubernetes-validations").findValuesAsText("rule")));
    assertThat(rules).allSatisfy(list -> assertThat(list).doesNotHaveDuplicates());
    assertThat(rules).anySatisfy(list -> assertThat(list).isNotEmpty());
  }

  @Test
  void nothingHasADefault() throws IOException {
    var defaults = new ArrayList<String>();
    eachSchema(
        (path, schema) -> {
          if (schema.has("default")) defaults.add(path);
        });
    assertThat(defaults).isEmpty();
  }

  private static boolean bounded(JsonNode schema) {
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) return schema.has("maxLength");
    return switch (schema.path("type").asText()) {
      case "string" -> schema.has("maxLength") || schema.has("enum");
      case "array" -> schema.has("maxItems");
      case "object" -> schema.has("properties") || schema.has("maxProperties");
      default -> true;
    };
  }

  private void eachField(BiConsumer<String, JsonNode> visit) throws IOException {
    eachSchema(
        (path, schema) ->
            schema
                .path("properties")
                .fields()
                .forEachRemaining(e -> visit.accept(path + "." + e.getKey(), e.getValue())));
  }

  private void eachSchema(BiConsumer<String, JsonNode> visit) throws IOException {
    var root = new ObjectMapper(new YAMLFactory()).readTree(yaml);
    walk("", root.at("/spec/versions/0/schema/openAPIV3Schema"), visit);
  }

  private static void walk(String path, JsonNode schema, BiConsumer<String, JsonNode> visit) {
    visit.accept(path, schema);
    schema
        .path("properties")
        .fields()
        .forEachRemaining(e -> walk(path + "." + e.getKey(), e.getValue(), visit));
    if (schema.has("items")) walk(path + "[]", schema.get("items"), visit);
    if (schema.has("additionalProperties"))
      walk(path + "{}", schema.get("additionalProperties"), visit);
  }
}
