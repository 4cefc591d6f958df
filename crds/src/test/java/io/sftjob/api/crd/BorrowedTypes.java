package io.sftjob.api.crd;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;

/** Bounds and descriptions for the types taken from Kubernetes, which come with neither. */
final class BorrowedTypes {
  private static final long LABEL = 63;
  private static final long LABEL_KEY = 317;
  private static final long QUANTITY = 32;
  private static final long RESOURCES = 16;

  private BorrowedTypes() {}

  static void bound(JSONSchemaProps spec, JSONSchemaProps status) {
    var compute = spec.getProperties().get("compute").getProperties();
    value(compute.get("nodeSelector")).setMaxLength(LABEL);
    resources(compute.get("resources").getProperties());
    toleration(items(compute.get("tolerations")).getProperties());
    conditions(status.getProperties().get("conditions"));
  }

  private static void resources(Map<String, JSONSchemaProps> fields) {
    // Dynamic resource claims need a pod-level list that the API does not have.
    fields.remove("claims");
    describe(fields, "requests", "What the scheduler sets aside: cpu, memory, …");
    describe(fields, "limits", "What the container may use at most: cpu, memory, …");
    for (var list : fields.values()) {
      list.setMaxProperties(RESOURCES);
      value(list).setMaxLength(QUANTITY);
    }
  }

  private static void toleration(Map<String, JSONSchemaProps> fields) {
    describe(fields, "key", "The taint's key; empty with operator Exists: every taint.", LABEL_KEY);
    describe(fields, "operator", "Equal (default) or Exists.", LABEL);
    describe(fields, "value", "The taint's value, for Equal.", LABEL);
    describe(fields, "effect", "NoSchedule, PreferNoSchedule or NoExecute; empty: all.", LABEL);
    describe(fields, "tolerationSeconds", "How long a NoExecute taint is tolerated.");
  }

  private static void conditions(JSONSchemaProps list) {
    list.setXKubernetesListType("map");
    list.setXKubernetesListMapKeys(List.of("type"));
    items(list).setRequired(List.of("type", "status"));
    var fields = items(list).getProperties();
    describe(fields, "type", "The condition's name.", LABEL);
    describe(fields, "status", "True, False or Unknown.", 16);
    describe(fields, "reason", "Why, in one CamelCase word.", LABEL);
    describe(fields, "message", "Why, for people.", 4096);
    describe(fields, "lastTransitionTime", "When status changed last, RFC 3339.", LABEL);
    describe(fields, "observedGeneration", "The generation of the spec that it speaks of.");
  }

  private static void describe(
      Map<String, JSONSchemaProps> fields, String name, String text, long maxLength) {
    describe(fields, name, text);
    fields.get(name).setMaxLength(maxLength);
  }

  private static void describe(Map<String, JSONSchemaProps> fields, String name, String text) {
    fields.get(name).setDescription(text);
  }

  private static JSONSchemaProps value(JSONSchemaProps map) {
    return map.getAdditionalProperties().getSchema();
  }

  private static JSONSchemaProps items(JSONSchemaProps list) {
    return list.getItems().getSchema();
  }
}
