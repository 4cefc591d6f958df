package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * ShareGPT's rows as messages: {@code from} and {@code value} become role and content, the names
 * that such data sets use become ours, a field {@code system} becomes the first message.
 */
final class ShareGptReader implements RowReader {
  private static final String FIELD = "conversations";
  private static final Map<String, String> ROLES =
      Map.of("human", "user", "gpt", "assistant", "chatgpt", "assistant");

  private final MessagesReader messages;

  ShareGptReader(MessagesReader messages) {
    this.messages = messages;
  }

  @Override
  public Row read(ObjectNode row) throws UnusableRowException {
    JsonNode turns = Fields.required(row, FIELD);
    if (!turns.isArray()) {
      throw Fields.wrongType("`" + FIELD + "`", turns, "a list of {from, value}");
    }
    ArrayNode renamed = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < turns.size(); i++) {
      renamed.add(message(turns.get(i), FIELD + "[" + i + "]"));
    }
    String system = Fields.optionalString(row, "system");
    if (!system.isEmpty() && !renamed.isEmpty()) {
      renamed.insertObject(0).put("role", "system").put("content", system);
    }
    return messages.read(renamed, FIELD, row);
  }

  private static ObjectNode message(JsonNode turn, String name) throws UnusableRowException {
    if (!(turn instanceof ObjectNode object)) {
      throw Fields.wrongType("`" + name + "`", turn, "an object {from, value}");
    }
    String from = Fields.string(object.path("from"), "`" + name + ".from`");
    Fields.string(object.path("value"), "`" + name + ".value`");
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("role", ROLES.getOrDefault(from, from));
    message.set("content", object.get("value"));
    if (object.has("loss")) {
      message.set("loss", object.get("loss"));
    }
    return message;
  }
}
