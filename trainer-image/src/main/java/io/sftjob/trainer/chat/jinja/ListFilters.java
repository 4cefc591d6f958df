package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.Filters.Filter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters that take a list, or what can be iterated. */
final class ListFilters {
  private ListFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("length", (v, a) -> Values.length(v));
    filters.put("count", (v, a) -> Values.length(v));
    filters.put("list", (v, a) -> Values.iterate(v));
    filters.put("first", (v, a) -> first(Values.iterate(v)));
    filters.put("last", (v, a) -> first(Values.iterate(v).reversed()));
    filters.put("join", ListFilters::join);
    filters.put("reverse", ListFilters::reverse);
    filters.put("map", ListFilters::map);
    filters.put("select", (v, a) -> selectItems(v, a, true));
    filters.put("reject", (v, a) -> selectItems(v, a, false));
    filters.put("selectattr", (v, a) -> selectAttributes(v, a, true));
    filters.put("rejectattr", (v, a) -> selectAttributes(v, a, false));
    filters.put("items", ListFilters::items);
    filters.put("dictsort", ListFilters::dictsort);
    filters.put("sort", ListFilters::sort);
    filters.put("unique", ListFilters::unique);
    filters.put("sum", ListFilters::sum);
    filters.put("min", (v, a) -> extreme(v, a, false));
    filters.put("max", (v, a) -> extreme(v, a, true));
  }

  private static Object first(List<Object> items) {
    return items.isEmpty() ? new Undefined("the first item of nothing") : items.getFirst();
  }

  private static Object join(Object value, Arguments arguments) {
    UnaryOperator<Object> attribute =
        attribute(arguments.atMost(2, "join").get(1, "attribute", null));
    String separator = PyRepr.str(arguments.get(0, "d", ""));
    return PyStrings.join(
        separator, Values.iterate(value).stream().map(attribute).map(PyRepr::str).toList());
  }

  private static Object reverse(Object value, Arguments arguments) {
    if (value instanceof String text) {
      return new StringBuilder(text).reverse().toString();
    }
    return Values.iterate(value).reversed();
  }

  private static Object map(Object value, Arguments arguments) {
    List<Object> items = Values.iterate(value);
    if (arguments.named().containsKey("attribute")) {
      Object fallback = arguments.atMost(2, "map").named().get("default");
      UnaryOperator<Object> attribute = attribute(arguments.named().get("attribute"));
      return items.stream()
          .map(attribute)
          .map(x -> x instanceof Undefined && fallback != null ? fallback : x)
          .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
    }
    Filter filter = Filters.ALL.get(String.valueOf(arguments.required(0, "filter")));
    if (filter == null) {
      throw new JinjaException(
          "the filter `" + arguments.positional().getFirst() + "` is not supported");
    }
    List<Object> mapped = new ArrayList<>();
    items.forEach(x -> mapped.add(filter.apply(x, arguments.from(1))));
    return mapped;
  }

  private static List<Object> selectItems(Object value, Arguments arguments, boolean wanted) {
    List<Object> kept = new ArrayList<>();
    for (Object item : Values.iterate(value)) {
      if (passes(item, arguments, 0) == wanted) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static List<Object> selectAttributes(Object value, Arguments arguments, boolean wanted) {
    UnaryOperator<Object> attribute = attribute(arguments.required(0, "attribute"));
    List<Object> kept = new ArrayList<>();
    for (Object item : Values.iterate(value)) {
      if (passes(attribute.apply(item), arguments, 1) == wanted) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static boolean passes(Object item, Arguments arguments, int nameIndex) {
    if (!arguments.has(nameIndex, "test")) {
      return Values.truth(item);
    }
    String name = arguments.string(nameIndex, "test", null);
    Tests.Test test = Tests.ALL.get(name);
    if (test == null) {
      throw new JinjaException("the test `" + name + "` is not supported");
    }
    return test.holds(item, arguments.from(nameIndex + 1));
  }

  private static Object items(Object value, Arguments arguments) {
    return switch (value) {
      case Map<?, ?> map -> Methods.items(map);
      case Undefined u -> List.of();
      case null, default ->
          throw new JinjaException("items needs a dict, not " + Values.typeName(value));
    };
  }

  private static Object dictsort(Object value, Arguments arguments) {
    int by = arguments.string(1, "by", "key").equals("value") ? 1 : 0;
    List<Object> items = Values.iterate(items(value, arguments));
    items.sort(
        order(
            item -> ((Tuple) item).get(by),
            arguments.flag(0, "case_sensitive", false),
            arguments.flag(2, "reverse", false)));
    return items;
  }

  private static Object sort(Object value, Arguments arguments) {
    List<Object> items = Values.iterate(value);
    items.sort(
        order(
            attribute(arguments.get(2, "attribute", null)),
            arguments.flag(1, "case_sensitive", false),
            arguments.flag(0, "reverse", false)));
    return items;
  }

  private static Comparator<Object> order(
      UnaryOperator<Object> key, boolean caseSensitive, boolean reverse) {
    Comparator<Object> order =
        (a, b) ->
            Values.compare(
                folded(key.apply(a), caseSensitive), folded(key.apply(b), caseSensitive));
    return reverse ? order.reversed() : order;
  }

  private static Object folded(Object value, boolean caseSensitive) {
    return value instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : value;
  }

  private static Object unique(Object value, Arguments arguments) {
    boolean caseSensitive = arguments.flag(0, "case_sensitive", false);
    UnaryOperator<Object> attribute = attribute(arguments.get(1, "attribute", null));
    List<Object> seen = new ArrayList<>();
    List<Object> kept = new ArrayList<>();
    for (Object item : Values.iterate(value)) {
      Object key = folded(attribute.apply(item), caseSensitive);
      if (!Values.contains(seen, key)) {
        seen.add(key);
        kept.add(item);
      }
    }
    return kept;
  }

  private static Object sum(Object value, Arguments arguments) {
    UnaryOperator<Object> attribute = attribute(arguments.get(0, "attribute", null));
    Object total = arguments.get(1, "start", 0L);
    for (Object item : Values.iterate(value)) {
      total = Operators.binary("+", total, attribute.apply(item));
    }
    return total;
  }

  private static Object extreme(Object value, Arguments arguments, boolean largest) {
    List<Object> items = Values.iterate(value);
    if (items.isEmpty()) {
      return new Undefined("the extreme of nothing");
    }
    Comparator<Object> order =
        order(
            attribute(arguments.get(1, "attribute", null)),
            arguments.flag(0, "case_sensitive", false),
            false);
    return largest ? Collections.max(items, order) : Collections.min(items, order);
  }

  /** {@code 'a.b.0'}: an item's item's item; null is the item itself. */
  private static UnaryOperator<Object> attribute(Object path) {
    if (path == null) {
      return UnaryOperator.identity();
    }
    return item -> {
      Object found = item;
      for (String part : PyRepr.str(path).split("\\.")) {
        boolean index = part.chars().allMatch(Character::isDigit);
        found = Access.item(found, index ? (Object) Long.valueOf(part) : part);
      }
      return found;
    };
  }
}
