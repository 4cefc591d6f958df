package io.sftjob.trainer.chat;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One message, as native formats look at it.
 *
 * @param name for messages to people: {@code messages[2]}
 * @param content empty where there is none
 */
record Turn(String name, String role, String content, Map<String, Object> fields) {
  static Turn of(Chat chat, int index) {
    Map<String, Object> message = chat.messages().get(index);
    return new Turn(
        "messages[" + index + "]",
        String.valueOf(message.get("role")),
        message.get("content") instanceof String text ? text : "",
        message);
  }

  boolean is(String wanted) {
    return role.equals(wanted);
  }

  /** A field that says something. */
  Optional<Object> field(String field) {
    return Optional.ofNullable(fields.get(field)).filter(Turn::says);
  }

  static boolean says(Object value) {
    return switch (value) {
      case null -> false;
      case String text -> !text.isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }
}
