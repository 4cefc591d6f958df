package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.source.Json;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A row's fields, checked. The messages name the field, what was found and what was expected. */
final class Fields {
  private Fields() {}

  static JsonNode required(ObjectNode row, String field) throws UnusableRowException {
    JsonNode value = row.path(field);
    if (value.isMissingNode()) {
      throw new UnusableRowException(
          DropReason.MissingField,
          "has no field `%s`; its fields: %s".formatted(field, names(row)));
    }
    return value;
  }

  static String requiredString(ObjectNode row, String field) throws UnusableRowException {
    return string(required(row, field), "`" + field + "`");
  }

  /** Empty if the field is absent or null. */
  static String optionalString(ObjectNode row, String field) throws UnusableRowException {
    return isAbsent(row.path(field)) ? "" : string(row.path(field), "`" + field + "`");
  }

  static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  static String names(ObjectNode row) {
    List<String> names = new ArrayList<>();
    for (Iterator<String> i = row.fieldNames(); i.hasNext(); ) {
      names.add("`" + i.next() + "`");
    }
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  static String string(JsonNode value, String name) throws UnusableRowException {
    if (!value.isTextual()) {
      throw wrongType(name, value, "a string");
    }
    String text = value.textValue();
    if (!text.isEmpty() && hasLoneSurrogate(text)) {
      throw new UnusableRowException(
          DropReason.WrongType, name + " holds half of a surrogate pair, which is no character");
    }
    return text;
  }

  private static boolean hasLoneSurrogate(String text) {
    return text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }

  static UnusableRowException wrongType(String name, JsonNode found, String expected) {
    return new UnusableRowException(
        found.isMissingNode() ? DropReason.MissingField : DropReason.WrongType,
        found.isMissingNode()
            ? name + " is missing; expected " + expected
            : "%s is %s; expected %s".formatted(name, Json.typeName(found), expected));
  }
}
