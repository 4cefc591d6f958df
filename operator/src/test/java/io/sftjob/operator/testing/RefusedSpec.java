package io.sftjob.operator.testing;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A case of {@code refused.yaml}.
 *
 * @param name metadata.name; null for any
 * @param before the spec whose change is refused; null where the spec itself is
 */
public record RefusedSpec(
    String field,
    String message,
    String name,
    Map<String, Object> before,
    Map<String, Object> spec) {
  private static final Path CASES = Path.of("../crds/src/test/resources/refused.yaml");
  private static final Path CRD = Path.of("../crds/sftjobs.sftjob.io-v1.yml");

  /** A rule of the CRD, at the field that its refusals name. */
  public record Rule(String field, String message) {}

  public static List<RefusedSpec> all() {
    return List.of(Serialization.unmarshal(read(CASES), RefusedSpec[].class));
  }

  public boolean proves(Rule rule) {
    return rule.field().equals(field) && rule.message().startsWith(message);
  }

  /** The minimal spec with another's fields; null takes one away. */
  public static String over(Map<String, Object> fields) {
    Map<String, Object> minimal = Serialization.unmarshal(Specs.MINIMAL, LinkedHashMap.class);
    return Serialization.asYaml(merged(minimal, fields)).replaceFirst("^---\n", "");
  }

  /** As an API server merges a JSON merge patch. */
  private static Map<String, Object> merged(Map<String, Object> below, Map<String, Object> above) {
    var merged = new LinkedHashMap<>(below);
    above.forEach(
        (key, value) -> {
          if (value == null) {
            merged.remove(key);
          } else if (value instanceof Map<?, ?> map && merged.get(key) instanceof Map<?, ?> old) {
            merged.put(key, merged(strings(old), strings(map)));
          } else {
            merged.put(key, value);
          }
        });
    return merged;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> strings(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  /** Of every type of the API's first version, from the root of an object down. */
  public static List<Rule> rules() {
    var crd = Serialization.unmarshal(read(CRD), CustomResourceDefinition.class);
    var rules = new ArrayList<Rule>();
    collect("", crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema(), rules);
    return rules;
  }

  private static void collect(String path, JSONSchemaProps schema, List<Rule> rules) {
    if (schema.getXKubernetesValidations() != null) {
      for (var rule : schema.getXKubernetesValidations()) {
        String below = rule.getFieldPath() == null ? "" : rule.getFieldPath();
        String field = path + below;
        rules.add(new Rule(field.isEmpty() ? "metadata.name" : field, rule.getMessage()));
      }
    }
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach(
              (name, inner) -> collect(path.isEmpty() ? name : path + "." + name, inner, rules));
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      collect(path + "[0]", schema.getItems().getSchema(), rules);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return field + ": " + message;
  }
}
