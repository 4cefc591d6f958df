package io.sftjob.trainer.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Answers with {@code loss: false}. The n-th run of the assistant's tokens is the n-th answer; a
 * row where there are not as many runs as answers is dropped, never marked by a guess.
 */
final class Unlearned {
  private Unlearned() {}

  /**
   * @param assistant which tokens the assistant says
   * @param targets to clear in
   */
  static void clear(Row.Messages row, boolean[] assistant, boolean[] targets)
      throws UnusableRowException {
    if (row.unlearned().isEmpty()) {
      return;
    }
    List<Map<String, Object>> messages = row.chat().messages();
    int at = 0;
    for (int message = 0; message < messages.size(); message++) {
      if (!"assistant".equals(messages.get(message).get("role"))) {
        continue;
      }
      int from = next(assistant, at, true);
      at = next(assistant, from, false);
      if (from == at) {
        throw notFound();
      }
      if (row.unlearned().get(message)) {
        Arrays.fill(targets, from, at, false);
      }
    }
    if (next(assistant, at, true) < assistant.length) {
      throw notFound();
    }
  }

  private static int next(boolean[] flags, int from, boolean value) {
    int at = from;
    while (at < flags.length && flags[at] != value) {
      at++;
    }
    return at;
  }

  private static UnusableRowException notFound() {
    return new UnusableRowException(
        DropReason.TurnsNotFound,
        "has `loss: false`, but the chat format does not keep the assistant's turns apart");
  }
}
