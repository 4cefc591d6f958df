package io.sftjob.trainer.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Python's arithmetic. Ints beyond 64 bits are refused. */
final class Operators {
  private Operators() {}

  static Object unary(String operator, Object operand) {
    Object value = Values.number(operand);
    boolean negative = operator.equals("-");
    return switch (value) {
      case Long n -> negative ? Math.negateExact(n) : n;
      case Double d -> negative ? -d : d;
      case null, default -> throw unsupported(operator, operand, operand);
    };
  }

  static Object binary(String operator, Object left, Object right) {
    if (left instanceof Undefined u) {
      throw u.error();
    }
    if (right instanceof Undefined u) {
      throw u.error();
    }
    if (operator.equals("+") && left instanceof String a && right instanceof String b) {
      return joined(a, b);
    }
    if (operator.equals("+")
        && left instanceof List<?> a
        && right instanceof List<?> b
        && a instanceof Tuple == b instanceof Tuple) {
      Work.requireItems((long) a.size() + b.size());
      List<Object> joined = new ArrayList<>(a);
      joined.addAll(b);
      return a instanceof Tuple ? new Tuple(joined) : joined;
    }
    if (operator.equals("%") && left instanceof String format) {
      return PercentFormat.format(format, right);
    }
    Object a = Values.number(left);
    Object b = Values.number(right);
    if (operator.equals("*")) {
      if (b instanceof Long n && !(a instanceof Number)) {
        return repeat(a, n);
      }
      if (a instanceof Long n && !(b instanceof Number)) {
        return repeat(b, n);
      }
    }
    try {
      if (a instanceof Long m && b instanceof Long n) {
        return integers(operator, m, n);
      }
      if (a instanceof Number m && b instanceof Number n) {
        return reals(operator, m.doubleValue(), n.doubleValue());
      }
    } catch (ArithmeticException e) {
      throw new JinjaException("%s %s %s: %s".formatted(a, operator, b, e.getMessage()));
    }
    throw unsupported(operator, left, right);
  }

  static String joined(String a, String b) {
    Work.requireChars((long) a.length() + b.length());
    return a + b;
  }

  private static Object integers(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "/" -> divide(a, b);
      case "//" -> Math.floorDivExact(a, b);
      case "%" -> Math.floorMod(a, b);
      case "**" -> b < 0 ? (Object) Math.pow(a, b) : (Object) power(a, b);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static long power(long base, long exponent) {
    long result = 1;
    for (long i = 0; i < exponent && result != 0; i++) {
      result = Math.multiplyExact(result, base);
      if (base == 1 || base == -1) {
        return exponent % 2 == 0 ? 1 : base;
      }
    }
    return result;
  }

  private static Object reals(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> divide(a, b);
      case "//" -> Math.floor(divide(a, b));
      case "%" -> {
        divide(a, b);
        double rest = a % b;
        yield rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
      }
      case "**" -> Math.pow(a, b);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static double divide(double a, double b) {
    if (b == 0) {
      throw new ArithmeticException("division by zero");
    }
    return a / b;
  }

  private static Object repeat(Object value, long times) {
    if (!(value instanceof String) && !(value instanceof List<?>)) {
      throw unsupported("*", value, times);
    }
    long n = Math.max(0, times);
    long length = value instanceof String text ? text.length() : ((List<?>) value).size();
    // No more than the limit times, so that the product fits.
    long total = Math.min(n, Work.MAX_CHARS + 1L) * length;
    if (value instanceof String) {
      Work.requireChars(total);
    } else {
      Work.requireItems(total);
    }
    int count = length == 0 ? 0 : (int) n;
    return value instanceof String text
        ? text.repeat(count)
        : Collections.nCopies(count, (List<?>) value).stream()
            .flatMap(List::stream)
            .collect(Collectors.toCollection(ArrayList::new));
  }

  private static JinjaException unsupported(String operator, Object left, Object right) {
    return new JinjaException(
        "%s %s %s is not possible"
            .formatted(Values.typeName(left), operator, Values.typeName(right)));
  }
}
