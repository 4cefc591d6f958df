package io.sftjob.trainer.chat.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Python's values in Java: None is null, bool Boolean, int Long, float Double, str String, list
 * List, tuple {@link Tuple}, dict Map.
 */
final class Values {
  private Values() {}

  static boolean truth(Object value) {
    return switch (value) {
      case null -> false;
      case Boolean b -> b;
      case Long n -> n != 0;
      case Double d -> d != 0;
      case String s -> !s.isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case Undefined u -> false;
      default -> true;
    };
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  /** bool is an int in Python. */
  static Object number(Object value) {
    return value instanceof Boolean b ? (Object) (b ? 1L : 0L) : value;
  }

  static boolean equal(Object a, Object b) {
    Work.step();
    if (isNumber(a) && isNumber(b)) {
      return compareNumbers(a, b) == 0;
    }
    if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return x instanceof Tuple == y instanceof Tuple && equalItems(x, y);
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.size() == y.size()
          && x.entrySet().stream()
              .allMatch(e -> y.containsKey(e.getKey()) && equal(e.getValue(), y.get(e.getKey())));
    }
    return Objects.equals(a, b);
  }

  private static boolean equalItems(List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  static int compare(Object a, Object b) {
    Work.read(a);
    Work.read(b);
    if (isNumber(a) && isNumber(b)) {
      return compareNumbers(a, b);
    }
    if (a instanceof String x && b instanceof String y) {
      return PyStrings.compare(x, y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return compare(x.get(i), y.get(i));
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    throw new JinjaException("%s and %s can not be ordered".formatted(typeName(a), typeName(b)));
  }

  private static int compareNumbers(Object a, Object b) {
    Object x = number(a);
    Object y = number(b);
    if (x instanceof Long m && y instanceof Long n) {
      return Long.compare(m, n);
    }
    double p = ((Number) x).doubleValue();
    double q = ((Number) y).doubleValue();
    return Double.isFinite(p) && Double.isFinite(q)
        ? decimal(x).compareTo(decimal(y))
        : Double.compare(p, q);
  }

  private static BigDecimal decimal(Object number) {
    return number instanceof Long n ? BigDecimal.valueOf(n) : new BigDecimal((Double) number);
  }

  static boolean contains(Object container, Object item) {
    return switch (container) {
      case String text -> {
        if (!(item instanceof String part)) {
          throw new JinjaException("`in` a string needs a string, not " + typeName(item));
        }
        yield text.contains(part);
      }
      case Map<?, ?> map -> map.containsKey(item);
      case List<?> list -> list.stream().anyMatch(x -> equal(x, item));
      case Undefined u -> false;
      case null, default ->
          throw new JinjaException("`in` needs a container, not " + typeName(container));
    };
  }

  /** What a loop runs over: the items of a list, the keys of a dict, the characters of a string. */
  static List<Object> iterate(Object value) {
    Work.requireItems(value instanceof String text ? text.length() : 0);
    return switch (value) {
      case List<?> list -> new ArrayList<>(list);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> text.codePoints().<Object>mapToObj(Character::toString).toList();
      case Undefined u -> List.of();
      case null, default -> throw new JinjaException(typeName(value) + " is not iterable");
    };
  }

  static long length(Object value) {
    return switch (value) {
      case String text -> text.codePointCount(0, text.length());
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case Undefined u -> 0;
      case null, default -> throw new JinjaException(typeName(value) + " has no length");
    };
  }

  static String typeName(Object value) {
    return switch (value) {
      case null -> "None";
      case Boolean b -> "a bool";
      case Long n -> "an int";
      case Double d -> "a float";
      case String s -> "a string";
      case Tuple t -> "a tuple";
      case List<?> l -> "a list";
      case Map<?, ?> m -> "a dict";
      case Undefined u -> "an undefined value ('" + u.name() + "')";
      default -> "an object";
    };
  }
}
