package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.chat.Chat;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks a row's fields. The messages name the field, what was found and what was expected. */
@FunctionalInterface
interface RowReader {
  Row read(ObjectNode row) throws UnusableRowException;

  static RowReader text(String field) {
    return row -> new Row.Text(string(required(row, field), "`" + field + "`"));
  }

  /**
   * @param roles that a message may have
   */
  static RowReader messages(List<String> roles) {
    return row -> {
      JsonNode messages = required(row, "messages");
      if (!messages.isArray()) {
        throw wrongType("`messages`", messages, "a list of {role, content}");
      }
      if (messages.isEmpty()) {
        throw new UnusableRowException(DropReason.Empty, "`messages` is an empty list");
      }
      List<Map<String, Object>> checked = new ArrayList<>();
      for (int i = 0; i < messages.size(); i++) {
        checked.add(message(messages.get(i), "messages[" + i + "]", roles));
      }
      return new Row.Messages(new Chat(checked, extras(row)));
    };
  }

  private static Map<String, Object> message(JsonNode message, String name, List<String> roles)
      throws UnusableRowException {
    if (!message.isObject()) {
      throw wrongType("`" + name + "`", message, "an object {role, content}");
    }
    String role = string(message.path("role"), "`" + name + ".role`");
    if (!roles.contains(role)) {
      throw new UnusableRowException(
          DropReason.UnknownRole,
          "`%s.role` is \"%s\"; expected one of %s"
              .formatted(name, role, String.join(", ", roles)));
    }
    JsonNode content = message.path("content");
    boolean callsTools = role.equals("assistant") && message.path("tool_calls").isArray();
    if (!callsTools || !content.isNull() && !content.isMissingNode()) {
      string(content, "`" + name + ".content`");
    }
    return JsonRows.map(message);
  }

  private static Map<String, Object> extras(ObjectNode row) throws UnusableRowException {
    Map<String, Object> extras = new LinkedHashMap<>();
    JsonNode arguments = row.path("chat_template_kwargs");
    if (arguments.isObject()) {
      extras.putAll(JsonRows.map(arguments));
    } else if (!arguments.isMissingNode() && !arguments.isNull()) {
      throw wrongType("`chat_template_kwargs`", arguments, "an object");
    }
    JsonNode tools = row.path("tools");
    if (tools.isArray()) {
      extras.put("tools", JsonRows.plain(tools));
    } else if (!tools.isMissingNode() && !tools.isNull()) {
      throw wrongType("`tools`", tools, "a list");
    }
    return extras;
  }

  private static JsonNode required(ObjectNode row, String field) throws UnusableRowException {
    JsonNode value = row.path(field);
    if (value.isMissingNode()) {
      throw new UnusableRowException(
          DropReason.MissingField,
          "has no field `%s`; its fields: %s".formatted(field, fields(row)));
    }
    return value;
  }

  static String fields(ObjectNode row) {
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

  private static UnusableRowException wrongType(String name, JsonNode found, String expected) {
    return new UnusableRowException(
        found.isMissingNode() ? DropReason.MissingField : DropReason.WrongType,
        found.isMissingNode()
            ? name + " is missing; expected " + expected
            : "%s is %s; expected %s".formatted(name, JsonRows.typeName(found), expected));
  }
}
