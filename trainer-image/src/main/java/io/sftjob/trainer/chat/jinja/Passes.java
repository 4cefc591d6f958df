package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.JinjaTemplate.Pass;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which part of the text each message's pass through a loop wrote. Slices and filters hand on the
 * messages themselves, so that a message is known by its identity; a copy made by the template is
 * not known and has no pass.
 */
final class Passes {
  private final Map<Object, Integer> messages = new IdentityHashMap<>();
  private final List<Pass> found = new ArrayList<>();

  private Passes() {}

  static Passes over(Object messages) {
    Passes passes = new Passes();
    if (messages instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        passes.messages.put(list.get(i), i);
      }
    }
    return passes;
  }

  void wrote(Object item, int start, int end) {
    Integer message = messages.get(item);
    if (message != null && start < end) {
      found.add(new Pass(message, new Span(start, end)));
    }
  }

  List<Pass> spans() {
    return List.copyOf(found);
  }
}
