package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.PqStruct;
import dev.hardwood.row.StructAccessor;

/** A row as JSON has it; what JSON has no word for becomes its text. */
final class ParquetValues {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** What a decoder writes for bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\ufffd';

  private ParquetValues() {}

  static ObjectNode row(StructAccessor struct) throws MalformedRowException {
    ObjectNode fields = NODES.objectNode();
    for (int i = 0; i < struct.getFieldCount(); i++) {
      String name = struct.getFieldName(i);
      Object value = struct.getValue(i);
      fields.set(name, value(name, value, isSuspect(value) ? struct.getRawValue(i) : null));
    }
    return fields;
  }

  private static JsonNode value(String name, Object value, Object raw)
      throws MalformedRowException {
    return switch (value) {
      case null -> NODES.nullNode();
      case String text -> NODES.textNode(text(name, text, raw));
      case PqStruct struct -> row(struct);
      case PqList list -> list(name, list);
      case PqMap map -> map(name, map);
      case Boolean bool -> NODES.booleanNode(bool);
      case Byte number -> NODES.numberNode(number.longValue());
      case Short number -> NODES.numberNode(number.longValue());
      case Integer number -> NODES.numberNode(number.longValue());
      case Long number -> NODES.numberNode(number);
      case Float number -> NODES.numberNode(number.doubleValue());
      case Double number -> NODES.numberNode(number);
      case byte[] bytes -> NODES.binaryNode(bytes);
      default -> NODES.textNode(value.toString());
    };
  }

  private static ArrayNode list(String name, PqList list) throws MalformedRowException {
    ArrayNode items = NODES.arrayNode();
    for (int i = 0; i < list.size(); i++) {
      Object value = list.get(i);
      items.add(value(name, value, isSuspect(value) ? list.getRaw(i) : null));
    }
    return items;
  }

  /** As Arrow has it: a list of keys with their values. */
  private static ArrayNode map(String name, PqMap map) throws MalformedRowException {
    ArrayNode entries = NODES.arrayNode();
    for (PqMap.Entry entry : map.getEntries()) {
      ObjectNode pair = entries.addObject();
      pair.set("key", value(name, entry.getKey(), entry.getRawKey()));
      pair.set("value", value(name, entry.getValue(), entry.getRawValue()));
    }
    return entries;
  }

  private static boolean isSuspect(Object value) {
    return value instanceof String text && text.indexOf(REPLACEMENT) >= 0;
  }

  private static String text(String name, String text, Object raw) throws MalformedRowException {
    if (raw instanceof byte[] bytes) {
      try {
        return Utf8.text(bytes, 0, bytes.length);
      } catch (MalformedRowException e) {
        throw new MalformedRowException("`%s` %s".formatted(name, e.getMessage()));
      }
    }
    return text;
  }
}
