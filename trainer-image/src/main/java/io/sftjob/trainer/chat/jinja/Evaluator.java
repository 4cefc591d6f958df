package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.Expr.CallArguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

/** Computes expressions. */
final class Evaluator {
  private Evaluator() {}

  static Object evaluate(Expr expression, Scope scope) {
    Object value = compute(expression, scope);
    switch (expression) {
      case Expr.Literal l -> Work.step();
      // These only point at what is there.
      case Expr.Name n -> Work.read(value);
      case Expr.Attribute a -> Work.read(value);
      case Expr.Item i -> Work.read(value);
      default -> Work.made(value);
    }
    return value;
  }

  private static Object compute(Expr expression, Scope scope) {
    return switch (expression) {
      case Expr.Literal literal -> literal.value();
      case Expr.Name name -> scope.get(name.name());
      case Expr.ListOf list -> list(list, scope);
      case Expr.DictOf dict -> dict(dict, scope);
      case Expr.Conditional choice -> conditional(choice, scope);
      case Expr.Binary b when b.operator().equals("and") -> {
        Object left = evaluate(b.left(), scope);
        yield Values.truth(left) ? evaluate(b.right(), scope) : left;
      }
      case Expr.Binary b when b.operator().equals("or") -> {
        Object left = evaluate(b.left(), scope);
        yield Values.truth(left) ? left : evaluate(b.right(), scope);
      }
      case Expr.Attribute a ->
          located(a.line(), () -> Access.attribute(evaluate(a.base(), scope), a.name()));
      case Expr.Item i ->
          located(i.line(), () -> Access.item(evaluate(i.base(), scope), evaluate(i.key(), scope)));
      case Expr.Slice s -> located(s.line(), () -> slice(s, scope));
      case Expr.Call c -> located(c.line(), () -> call(c, scope));
      case Expr.Filter f -> located(f.line(), () -> filter(f, evaluate(f.base(), scope), scope));
      case Expr.Test t -> located(t.line(), () -> test(t, scope));
      case Expr.Unary u -> located(u.line(), () -> unary(u, scope));
      case Expr.Binary b -> located(b.line(), () -> binary(b, scope));
      case Expr.Comparison c -> located(c.line(), () -> comparison(c, scope));
    };
  }

  /** Applies a filter to a value that is known already. */
  static Object filter(Expr.Filter filter, Object value, Scope scope) {
    return Filters.ALL.get(filter.name()).apply(value, arguments(filter.arguments(), scope));
  }

  private interface Computation {
    Object run();
  }

  /** Adds the line to an error that has none yet. */
  private static Object located(int line, Computation computation) {
    try {
      return computation.run();
    } catch (JinjaException e) {
      throw e.locatedAt(line);
    } catch (ArithmeticException | ClassCastException e) {
      throw JinjaException.at(line, e.getMessage());
    }
  }

  private static Object list(Expr.ListOf list, Scope scope) {
    List<Object> items = new ArrayList<>();
    list.items().forEach(item -> items.add(evaluate(item, scope)));
    return list.tuple() ? new Tuple(items) : items;
  }

  private static Object dict(Expr.DictOf dict, Scope scope) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (Entry<Expr, Expr> item : dict.items()) {
      map.put(evaluate(item.getKey(), scope), evaluate(item.getValue(), scope));
    }
    return map;
  }

  private static Object conditional(Expr.Conditional choice, Scope scope) {
    if (Values.truth(evaluate(choice.condition(), scope))) {
      return evaluate(choice.then(), scope);
    }
    return choice.otherwise() == null
        ? new Undefined("the value of an if without else")
        : evaluate(choice.otherwise(), scope);
  }

  private static Object slice(Expr.Slice slice, Scope scope) {
    Object base = evaluate(slice.base(), scope);
    if (base instanceof Undefined u) {
      throw u.error();
    }
    return Slices.slice(
        base, bound(slice.start(), scope), bound(slice.stop(), scope), bound(slice.step(), scope));
  }

  private static Long bound(Expr expression, Scope scope) {
    Object value = expression == null ? null : Values.number(evaluate(expression, scope));
    if (value != null && !(value instanceof Long)) {
      throw new JinjaException("a slice needs integers, not " + Values.typeName(value));
    }
    return (Long) value;
  }

  private static Object call(Expr.Call call, Scope scope) {
    Object callee = evaluate(call.callee(), scope);
    if (callee instanceof Undefined u) {
      throw u.error();
    }
    if (!(callee instanceof Callable callable)) {
      throw new JinjaException(Values.typeName(callee) + " can not be called");
    }
    return callable.call(arguments(call.arguments(), scope));
  }

  private static Arguments arguments(CallArguments arguments, Scope scope) {
    List<Object> positional = new ArrayList<>();
    arguments.positional().forEach(a -> positional.add(evaluate(a, scope)));
    Map<String, Object> named = new LinkedHashMap<>();
    arguments.named().forEach(a -> named.put(a.getKey(), evaluate(a.getValue(), scope)));
    return new Arguments(positional, named);
  }

  private static boolean test(Expr.Test test, Scope scope) {
    Object value = evaluate(test.base(), scope);
    return test.negated()
        != Tests.ALL.get(test.name()).holds(value, arguments(test.arguments(), scope));
  }

  private static Object unary(Expr.Unary unary, Scope scope) {
    Object operand = evaluate(unary.operand(), scope);
    return unary.operator().equals("not")
        ? (Object) !Values.truth(operand)
        : Operators.unary(unary.operator(), operand);
  }

  private static Object binary(Expr.Binary binary, Scope scope) {
    Object left = evaluate(binary.left(), scope);
    Object right = evaluate(binary.right(), scope);
    return binary.operator().equals("~")
        ? Operators.joined(PyRepr.str(left), PyRepr.str(right))
        : Operators.binary(binary.operator(), left, right);
  }

  private static boolean comparison(Expr.Comparison comparison, Scope scope) {
    Object left = evaluate(comparison.first(), scope);
    for (Entry<String, Expr> step : comparison.rest()) {
      Object right = evaluate(step.getValue(), scope);
      boolean holds =
          switch (step.getKey()) {
            case "==" -> Values.equal(left, right);
            case "!=" -> !Values.equal(left, right);
            case "in" -> Values.contains(right, left);
            case "not in" -> !Values.contains(right, left);
            case "<" -> Values.compare(left, right) < 0;
            case "<=" -> Values.compare(left, right) <= 0;
            case ">" -> Values.compare(left, right) > 0;
            default -> Values.compare(left, right) >= 0;
          };
      if (!holds) {
        return false;
      }
      left = right;
    }
    return true;
  }
}
