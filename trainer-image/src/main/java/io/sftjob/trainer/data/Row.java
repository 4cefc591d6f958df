package io.sftjob.trainer.data;

import java.util.List;
import java.util.Map;

/** What one line holds. */
sealed interface Row {
  record Text(String text) implements Row {}

  /**
   * @param messages as they were written, each with a role
   * @param extras what the row gives to its template besides: {@code tools} and the entries of
   *     {@code chat_template_kwargs}
   */
  record Messages(List<Map<String, Object>> messages, Map<String, Object> extras) implements Row {}
}
