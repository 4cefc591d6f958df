package io.sftjob.trainer.chat.jinja;

import java.util.List;
import java.util.Map;

/** {@code a.b} and {@code a['b']}: the first looks for a method first, the second for an item. */
final class Access {
  private Access() {}

  static Object attribute(Object base, String name) {
    if (base instanceof Undefined u) {
      throw u.error();
    }
    Object found = method(base, name);
    if (found instanceof Undefined && base instanceof Map<?, ?> map && map.containsKey(name)) {
      return map.get(name);
    }
    return found;
  }

  static Object item(Object base, Object key) {
    if (base instanceof Undefined u) {
      throw u.error();
    }
    if (base instanceof Map<?, ?> map && map.containsKey(key)) {
      return map.get(key);
    }
    Object number = Values.number(key);
    if ((base instanceof List<?> || base instanceof String) && number instanceof Long index) {
      Object[] found = Slices.item(base, index);
      return found == null ? new Undefined("item " + index) : found[0];
    }
    return key instanceof String name ? method(base, name) : new Undefined(PyRepr.str(key));
  }

  private static Object method(Object base, String name) {
    Object found =
        switch (base) {
          case Namespace namespace ->
              namespace.fields().containsKey(name)
                  ? new Object[] {namespace.fields().get(name)}
                  : null;
          case Loop loop -> loop.attribute(name);
          case null, default -> Methods.of(base, name);
        };
    if (found instanceof Object[] value) {
      return value[0];
    }
    return found == null ? new Undefined(name) : found;
  }
}
