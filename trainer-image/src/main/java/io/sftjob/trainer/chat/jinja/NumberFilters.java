package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.Filters.Filter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Filters that make or take numbers. */
final class NumberFilters {
  /** A double has no digit farther from its point. */
  private static final int MAX_DIGITS = 1100;

  private NumberFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("int", NumberFilters::integer);
    filters.put("float", NumberFilters::real);
    filters.put("abs", (v, a) -> Values.compare(v, 0L) < 0 ? Operators.unary("-", v) : v);
    filters.put("round", NumberFilters::round);
  }

  private static Object integer(Object value, Arguments arguments) {
    Object fallback = arguments.atMost(1, "int").get(0, "default", 0L);
    Object number = Values.number(value);
    try {
      return switch (number) {
        case Long n -> n;
        case Double d when Double.isFinite(d) -> new BigDecimal(d).longValue();
        case String text -> new BigDecimal(PyStrings.strip(text, null)).longValue();
        case null, default -> fallback;
      };
    } catch (NumberFormatException e) {
      return fallback;
    }
  }

  private static Object real(Object value, Arguments arguments) {
    Object fallback = arguments.atMost(1, "float").get(0, "default", 0.0);
    Object number = Values.number(value);
    try {
      return switch (number) {
        case Number n -> n.doubleValue();
        case String text -> Double.parseDouble(PyStrings.strip(text, null));
        case null, default -> fallback;
      };
    } catch (NumberFormatException e) {
      return fallback;
    }
  }

  private static Object round(Object value, Arguments arguments) {
    int digits = arguments.atMost(2, "round").integer(0, "precision", 0);
    if (Math.abs(digits) > MAX_DIGITS) {
      throw new JinjaException("round keeps at most " + MAX_DIGITS + " digits, not " + digits);
    }
    RoundingMode mode =
        switch (arguments.string(1, "method", "common")) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new JinjaException("method must be common, ceil or floor");
        };
    if (!(Values.number(value) instanceof Number number)) {
      throw new JinjaException("round needs a number, not " + Values.typeName(value));
    }
    return new BigDecimal(number.doubleValue()).setScale(digits, mode).doubleValue();
  }
}
