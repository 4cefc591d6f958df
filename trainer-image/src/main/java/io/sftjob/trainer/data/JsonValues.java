package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as templates take it. */
final class JsonValues {
  private JsonValues() {}

  /** Strings, booleans, longs, doubles, null, lists and maps. */
  static Object plain(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER ->
          node.isIntegralNumber()
              ? (node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue())
              : (Object) node.doubleValue();
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        node.forEach(item -> list.add(plain(item)));
        yield list;
      }
      case OBJECT -> map(node);
      default -> null;
    };
  }

  static Map<String, Object> map(JsonNode object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.properties().forEach(e -> map.put(e.getKey(), plain(e.getValue())));
    return map;
  }
}
