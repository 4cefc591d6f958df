package io.sftjob.trainer.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Methods of strings, dicts and lists. Those that would change a value are missing, as in Jinja2's
 * immutable sandbox.
 */
final class Methods {
  private Methods() {}

  /** The method of that name bound to the value, or null if there is none. */
  static Callable of(Object value, String name) {
    return switch (value) {
      case String text -> ofString(text, name);
      case Map<?, ?> map -> ofDict(map, name);
      case List<?> list -> ofList(list, name);
      case null, default -> null;
    };
  }

  private static Callable ofString(String s, String name) {
    return switch (name) {
      case "strip" -> a -> PyStrings.strip(s, a.atMost(1, name).string(0, "chars", null));
      case "lstrip" -> a -> PyStrings.lstrip(s, a.atMost(1, name).string(0, "chars", null));
      case "rstrip" -> a -> PyStrings.rstrip(s, a.atMost(1, name).string(0, "chars", null));
      case "split" ->
          a ->
              PyStrings.split(
                  s, a.atMost(2, name).string(0, "sep", null), a.integer(1, "maxsplit", -1));
      case "rsplit" ->
          a ->
              PyStrings.rsplit(
                  s, a.atMost(2, name).string(0, "sep", null), a.integer(1, "maxsplit", -1));
      case "splitlines" -> a -> PyStrings.lines(s);
      case "partition" -> a -> partition(s, text(a.atMost(1, name), 0));
      case "startswith" -> a -> anyAffix(a.atMost(1, name), s::startsWith);
      case "endswith" -> a -> anyAffix(a.atMost(1, name), s::endsWith);
      case "removeprefix" -> a -> s.startsWith(text(a, 0)) ? s.substring(text(a, 0).length()) : s;
      case "removesuffix" ->
          a -> s.endsWith(text(a, 0)) ? s.substring(0, s.length() - text(a, 0).length()) : s;
      case "replace" ->
          a ->
              PyStrings.replace(
                  s, text(a.atMost(3, name), 0), text(a, 1), a.integer(2, "count", -1));
      case "upper" -> a -> s.toUpperCase(Locale.ROOT);
      case "lower" -> a -> s.toLowerCase(Locale.ROOT);
      case "capitalize" -> a -> PyStrings.capitalize(s);
      case "title" -> a -> PyStrings.title(s);
      case "find" -> a -> codePoints(s, s.indexOf(text(a.atMost(1, name), 0)));
      case "rfind" -> a -> codePoints(s, s.lastIndexOf(text(a.atMost(1, name), 0)));
      case "index" -> a -> found(codePoints(s, s.indexOf(text(a.atMost(1, name), 0))));
      case "count" -> a -> PyStrings.split(s, text(a.atMost(1, name), 0), -1).size() - 1L;
      case "join" -> a -> join(s, Values.iterate(a.atMost(1, name).required(0, "iterable")));
      case "isdigit" -> a -> PyStrings.all(s, Character::isDigit);
      case "isnumeric" -> a -> PyStrings.all(s, Character::isDigit);
      case "isalpha" -> a -> PyStrings.all(s, Character::isLetter);
      case "isalnum" -> a -> PyStrings.all(s, Character::isLetterOrDigit);
      case "isspace" -> a -> PyStrings.all(s, PyStrings::isSpace);
      case "isupper" -> a -> cased(s, Character::isUpperCase, Character::isLowerCase);
      case "islower" -> a -> cased(s, Character::isLowerCase, Character::isUpperCase);
      default -> null;
    };
  }

  private static Callable ofDict(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> a -> items(map);
      case "keys" -> a -> new ArrayList<Object>(map.keySet());
      case "values" -> a -> new ArrayList<Object>(map.values());
      case "get" ->
          a -> {
            Object key = a.atMost(2, name).required(0, "key");
            return map.containsKey(key) ? map.get(key) : a.get(1, "default", null);
          };
      default -> null;
    };
  }

  private static Callable ofList(List<?> list, String name) {
    return switch (name) {
      case "index" ->
          a -> {
            for (int i = 0; i < list.size(); i++) {
              if (Values.equal(list.get(i), a.atMost(1, name).required(0, "value"))) {
                return (long) i;
              }
            }
            throw new JinjaException("the value is not in the list");
          };
      case "count" ->
          a -> list.stream().filter(x -> Values.equal(x, a.required(0, "value"))).count();
      case "append", "extend", "insert", "pop", "remove", "sort", "reverse", "clear" ->
          a -> {
            throw new JinjaException("a template may not change a list: ." + name + "()");
          };
      default -> null;
    };
  }

  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach((k, v) -> items.add(Tuple.of(k, v)));
    return items;
  }

  private static String text(Arguments arguments, int index) {
    Object value = arguments.required(index, "argument " + (index + 1));
    if (value instanceof String text) {
      return text;
    }
    throw new JinjaException("expected a string, not " + Values.typeName(value));
  }

  private static boolean anyAffix(Arguments arguments, java.util.function.Predicate<String> test) {
    return arguments.required(0, "prefix") instanceof Tuple affixes
        ? affixes.stream().anyMatch(x -> x instanceof String t && test.test(t))
        : test.test(text(arguments, 0));
  }

  private static Tuple partition(String s, String separator) {
    int at = s.indexOf(separator);
    return at < 0
        ? Tuple.of(s, "", "")
        : Tuple.of(s.substring(0, at), separator, s.substring(at + separator.length()));
  }

  private static long codePoints(String s, int charIndex) {
    return charIndex < 0 ? -1 : s.codePointCount(0, charIndex);
  }

  private static long found(long index) {
    if (index < 0) {
      throw new JinjaException("substring not found");
    }
    return index;
  }

  private static String join(String separator, List<Object> items) {
    List<String> texts = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof String text)) {
        throw new JinjaException("join expects strings, found " + Values.typeName(item));
      }
      texts.add(text);
    }
    return PyStrings.join(separator, texts);
  }

  private static boolean cased(String s, IntPredicate some, IntPredicate none) {
    return s.codePoints().anyMatch(some) && s.codePoints().noneMatch(none);
  }
}
