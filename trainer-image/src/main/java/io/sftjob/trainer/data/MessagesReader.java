package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.chat.Chat;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows with messages, alone or as a prompt and its completion. */
final class MessagesReader implements RowReader {
  private final List<String> roles;

  /**
   * @param roles that a message may have
   */
  MessagesReader(List<String> roles) {
    this.roles = roles;
  }

  @Override
  public Row read(ObjectNode row) throws UnusableRowException {
    return read(Fields.required(row, "messages"), "messages", row);
  }

  /**
   * @param field the list's name, for messages
   * @param row which may have {@code tools} and {@code chat_template_kwargs}
   */
  Row.Messages read(JsonNode list, String field, ObjectNode row) throws UnusableRowException {
    BitSet unlearned = new BitSet();
    List<Map<String, Object>> messages = list(list, field, unlearned);
    return new Row.Messages(new Chat(messages, extras(row)), unlearned);
  }

  Row.ChatCompletion completion(ObjectNode row) throws UnusableRowException {
    BitSet unlearned = new BitSet();
    var prompt = list(row.path("prompt"), "prompt", unlearned);
    var whole = new ArrayList<>(prompt);
    whole.addAll(list(row.path("completion"), "completion", unlearned));
    if (!unlearned.isEmpty()) {
      throw new UnusableRowException(
          DropReason.NotInFormat,
          "has `loss` in a message; of prompt and completion the completion is what is learned: use"
              + " `messages`");
    }
    var extras = extras(row);
    return new Row.ChatCompletion(new Chat(prompt, extras), new Chat(whole, extras));
  }

  private List<Map<String, Object>> list(JsonNode messages, String field, BitSet unlearned)
      throws UnusableRowException {
    if (!messages.isArray()) {
      throw Fields.wrongType("`" + field + "`", messages, "a list of {role, content}");
    }
    if (messages.isEmpty()) {
      throw new UnusableRowException(DropReason.Empty, "`" + field + "` is an empty list");
    }
    List<Map<String, Object>> checked = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      String name = field + "[" + i + "]";
      checked.add(message(messages.get(i), name));
      if (isUnlearned(messages.get(i), name)) {
        unlearned.set(i);
      }
    }
    return checked;
  }

  private Map<String, Object> message(JsonNode message, String name) throws UnusableRowException {
    if (!message.isObject()) {
      throw Fields.wrongType("`" + name + "`", message, "an object {role, content}");
    }
    String role = Fields.string(message.path("role"), "`" + name + ".role`");
    if (!roles.contains(role)) {
      throw new UnusableRowException(
          DropReason.UnknownRole,
          "`%s.role` is \"%s\"; expected one of %s"
              .formatted(name, role, String.join(", ", roles)));
    }
    JsonNode content = message.path("content");
    boolean callsTools = role.equals("assistant") && message.path("tool_calls").isArray();
    if (!callsTools || !Fields.isAbsent(content)) {
      Fields.string(content, "`" + name + ".content`");
    }
    Map<String, Object> map = JsonValues.map(message);
    map.remove("loss");
    return map;
  }

  private static boolean isUnlearned(JsonNode message, String name) throws UnusableRowException {
    JsonNode loss = message.path("loss");
    boolean assistant = message.path("role").textValue().equals("assistant");
    if (Fields.isAbsent(loss)) {
      return false;
    }
    if (!loss.isBoolean()) {
      throw Fields.wrongType("`" + name + ".loss`", loss, "true or false");
    }
    if (!assistant && loss.booleanValue()) {
      throw new UnusableRowException(
          DropReason.NotInFormat,
          "`%s.loss` is true, but only what the assistant says can be chosen; use dataset.loss All"
              .formatted(name));
    }
    return assistant && !loss.booleanValue();
  }

  private static Map<String, Object> extras(ObjectNode row) throws UnusableRowException {
    Map<String, Object> extras = new LinkedHashMap<>();
    JsonNode arguments = row.path("chat_template_kwargs");
    if (arguments.isObject()) {
      extras.putAll(JsonValues.map(arguments));
    } else if (!Fields.isAbsent(arguments)) {
      throw Fields.wrongType("`chat_template_kwargs`", arguments, "an object");
    }
    JsonNode tools = row.path("tools");
    if (tools.isArray()) {
      extras.put("tools", JsonValues.plain(tools));
    } else if (!Fields.isAbsent(tools)) {
      throw Fields.wrongType("`tools`", tools, "a list");
    }
    return extras;
  }
}
