package io.sftjob.trainer.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/** Jinja2's filters, those that make sense in a chat template. */
final class Filters {
  static final Map<String, Filter> ALL = all();

  private Filters() {}

  @FunctionalInterface
  interface Filter {
    Object apply(Object value, Arguments arguments);
  }

  private static Map<String, Filter> all() {
    Map<String, Filter> filters = new HashMap<>();
    StringFilters.register(filters);
    ListFilters.register(filters);
    NumberFilters.register(filters);
    filters.put("tojson", PyJson::dump);
    filters.put("default", Filters::orDefault);
    filters.put("d", Filters::orDefault);
    filters.put("attr", (v, a) -> Access.attribute(v, a.string(0, "name", null)));
    return Map.copyOf(filters);
  }

  private static Object orDefault(Object value, Arguments arguments) {
    boolean missing =
        value instanceof Undefined || arguments.flag(1, "boolean", false) && !Values.truth(value);
    return missing ? arguments.atMost(2, "default").get(0, "default_value", "") : value;
  }
}
