package io.sftjob.trainer.chat.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that transformers gives to a chat template. */
final class Globals {
  private static final long MAX_RANGE = 100_000;

  private Globals() {}

  static Map<String, Object> at(LocalDateTime now) {
    return Map.of(
        "range", (Callable) Globals::range,
        "namespace", (Callable) a -> new Namespace(dict(a)),
        "dict", (Callable) Globals::dict,
        "raise_exception",
            (Callable)
                a -> {
                  throw new JinjaException(PyRepr.str(a.required(0, "message")));
                },
        "strftime_now", (Callable) a -> Strftime.format(now, a.string(0, "format", "")));
  }

  private static List<Object> range(Arguments arguments) {
    boolean bounds = arguments.atMost(3, "range").positional().size() > 1;
    long start = bounds ? arguments.integer(0, "start", 0) : 0;
    long stop = arguments.integer(bounds ? 1 : 0, "stop", 0);
    long step = arguments.integer(2, "step", 1);
    if (step == 0 || Math.abs((stop - start) / Math.max(1, Math.abs(step))) > MAX_RANGE) {
      throw new JinjaException("range is too long; at most " + MAX_RANGE + " items");
    }
    List<Object> items = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      items.add(i);
    }
    return items;
  }

  private static Map<String, Object> dict(Arguments arguments) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Object base : arguments.positional()) {
      if (!(base instanceof Map<?, ?> map)) {
        throw new JinjaException("expected a dict, not " + Values.typeName(base));
      }
      map.forEach((k, v) -> fields.put(PyRepr.str(k), v));
    }
    fields.putAll(arguments.named());
    return fields;
  }
}
