package io.sftjob.trainer.chat;

import java.util.List;
import java.util.Map;

/**
 * A conversation. Values are strings, booleans, longs, doubles, null, lists and maps of these.
 *
 * @param messages as they were written, each with a role
 * @param extras what the row says besides: {@code tools} and the entries of {@code
 *     chat_template_kwargs}
 */
public record Chat(List<Map<String, Object>> messages, Map<String, Object> extras) {
  /** The same without the messages from an index on. */
  Chat until(int end) {
    return new Chat(messages.subList(0, end), extras);
  }
}
