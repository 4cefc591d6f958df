package io.sftjob.trainer.chat.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** What may follow {@code is}. */
final class Tests {
  static final Map<String, Test> ALL = all();

  private Tests() {}

  @FunctionalInterface
  interface Test {
    boolean holds(Object value, Arguments arguments);
  }

  private static Map<String, Test> all() {
    Map<String, Test> tests = new HashMap<>();
    one(tests, "defined", v -> !(v instanceof Undefined));
    one(tests, "undefined", v -> v instanceof Undefined);
    one(tests, "none", v -> v == null);
    one(tests, "boolean", v -> v instanceof Boolean);
    one(tests, "true", v -> Boolean.TRUE.equals(v));
    one(tests, "false", v -> Boolean.FALSE.equals(v));
    one(tests, "integer", v -> v instanceof Long);
    one(tests, "float", v -> v instanceof Double);
    one(tests, "number", Values::isNumber);
    one(tests, "string", v -> v instanceof String);
    one(tests, "mapping", v -> v instanceof Map);
    one(tests, "sequence", Tests::isSequence);
    one(tests, "iterable", v -> isSequence(v) || v instanceof Undefined);
    one(tests, "callable", v -> v instanceof Callable);
    one(tests, "odd", v -> rest(v, 2L) != 0);
    one(tests, "even", v -> rest(v, 2L) == 0);
    one(tests, "lower", v -> PyRepr.str(v).equals(PyRepr.str(v).toLowerCase(Locale.ROOT)));
    one(tests, "upper", v -> PyRepr.str(v).equals(PyRepr.str(v).toUpperCase(Locale.ROOT)));
    two(tests, (a, b) -> rest(a, b) == 0, "divisibleby");
    two(tests, Values::equal, "eq", "equalto", "==");
    two(tests, (a, b) -> !Values.equal(a, b), "ne", "!=");
    two(tests, (a, b) -> Values.compare(a, b) < 0, "lt", "lessthan", "<");
    two(tests, (a, b) -> Values.compare(a, b) <= 0, "le", "<=");
    two(tests, (a, b) -> Values.compare(a, b) > 0, "gt", "greaterthan", ">");
    two(tests, (a, b) -> Values.compare(a, b) >= 0, "ge", ">=");
    two(tests, (a, b) -> Values.contains(b, a), "in");
    two(tests, Tests::same, "sameas");
    return Map.copyOf(tests);
  }

  private static void one(Map<String, Test> tests, String name, Predicate<Object> test) {
    tests.put(
        name,
        (value, arguments) -> {
          arguments.atMost(0, name);
          return test.test(value);
        });
  }

  private static void two(
      Map<String, Test> tests, BiPredicate<Object, Object> test, String... names) {
    for (String name : names) {
      tests.put(name, (v, a) -> test.test(v, a.atMost(1, name).required(0, "other")));
    }
  }

  private static boolean isSequence(Object value) {
    return value instanceof List || value instanceof Map || value instanceof String;
  }

  private static long rest(Object value, Object divisor) {
    if (Operators.binary("%", value, divisor) instanceof Long rest) {
      return rest;
    }
    throw new JinjaException("expected an integer, not " + PyRepr.of(value));
  }

  private static boolean same(Object a, Object b) {
    boolean plain = a == null || a instanceof Boolean || a instanceof Long || a instanceof String;
    return plain ? java.util.Objects.equals(a, b) : a == b;
  }
}
