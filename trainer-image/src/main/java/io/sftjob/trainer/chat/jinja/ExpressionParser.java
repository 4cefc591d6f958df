package io.sftjob.trainer.chat.jinja;

import static java.util.Map.entry;

import io.sftjob.trainer.chat.jinja.Expr.CallArguments;
import io.sftjob.trainer.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.Set;
import java.util.function.Supplier;

/** Jinja2's expression grammar, with its precedence: weakest first. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final Cursor cursor;
  private final OperandParser operands;

  ExpressionParser(Cursor cursor) {
    this.cursor = cursor;
    this.operands = new OperandParser(cursor, this);
  }

  Expr expression() {
    Expr value = or();
    while (cursor.skip("if")) {
      Expr condition = or();
      value = new Expr.Conditional(condition, value, cursor.skip("else") ? expression() : null);
    }
    return value;
  }

  /** An expression, or several that a comma makes a tuple. */
  Expr tuple() {
    return tuple(this::expression);
  }

  /** What a loop runs over: an {@code if} behind it belongs to the loop. */
  Expr loopItems() {
    return tuple(this::or);
  }

  private Expr tuple(Supplier<Expr> item) {
    Expr first = item.get();
    if (!cursor.at(",")) {
      return first;
    }
    List<Expr> items = new ArrayList<>(List.of(first));
    while (cursor.skip(",") && !endsTuple()) {
      items.add(item.get());
    }
    return new Expr.ListOf(items, true);
  }

  private boolean endsTuple() {
    return cursor.at(Kind.BLOCK_END) || cursor.at(Kind.PRINT_END) || cursor.at(")");
  }

  private Expr or() {
    Expr left = and();
    while (cursor.at("or")) {
      int line = cursor.next().line();
      left = new Expr.Binary("or", left, and(), line);
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (cursor.at("and")) {
      int line = cursor.next().line();
      left = new Expr.Binary("and", left, not(), line);
    }
    return left;
  }

  private Expr not() {
    if (cursor.at("not")) {
      int line = cursor.next().line();
      return new Expr.Unary("not", not(), line);
    }
    return comparison();
  }

  private Expr comparison() {
    int line = cursor.line();
    Expr first = sum();
    List<Entry<String, Expr>> rest = new ArrayList<>();
    while (true) {
      Token token = cursor.peek();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        cursor.next();
        rest.add(entry(token.text(), sum()));
      } else if (cursor.skip("in")) {
        rest.add(entry("in", sum()));
      } else if (cursor.at("not") && cursor.peekSecond().is("in")) {
        cursor.next();
        cursor.next();
        rest.add(entry("not in", sum()));
      } else {
        return rest.isEmpty() ? first : new Expr.Comparison(first, rest, line);
      }
    }
  }

  private Expr sum() {
    Expr left = concatenation();
    while (cursor.at("+") || cursor.at("-")) {
      Token operator = cursor.next();
      left = new Expr.Binary(operator.text(), left, concatenation(), operator.line());
    }
    return left;
  }

  private Expr concatenation() {
    Expr left = product();
    while (cursor.at("~")) {
      int line = cursor.next().line();
      left = new Expr.Binary("~", left, product(), line);
    }
    return left;
  }

  private Expr product() {
    Expr left = power();
    while (cursor.at("*") || cursor.at("/") || cursor.at("//") || cursor.at("%")) {
      Token operator = cursor.next();
      left = new Expr.Binary(operator.text(), left, power(), operator.line());
    }
    return left;
  }

  private Expr power() {
    Expr left = unary(true);
    while (cursor.at("**")) {
      int line = cursor.next().line();
      left = new Expr.Binary("**", left, unary(true), line);
    }
    return left;
  }

  private Expr unary(boolean withFilters) {
    Expr value;
    if (cursor.at("-") || cursor.at("+")) {
      Token operator = cursor.next();
      value = new Expr.Unary(operator.text(), unary(false), operator.line());
    } else {
      value = operands.primary();
    }
    value = operands.postfix(value);
    return withFilters ? filters(value) : value;
  }

  private Expr filters(Expr base) {
    Expr value = base;
    while (true) {
      if (cursor.skip("|")) {
        value = filter(value);
      } else if (cursor.at("is")) {
        value = test(value);
      } else if (cursor.at("(")) {
        value = operands.call(value);
      } else {
        return value;
      }
    }
  }

  /** The filter behind a {@code |}; a null base stands for a block's text. */
  Expr.Filter filter(Expr base) {
    Token name = cursor.expect(Kind.NAME);
    if (!Filters.ALL.containsKey(name.text())) {
      throw JinjaException.at(name.line(), "the filter `" + name.text() + "` is not supported");
    }
    CallArguments arguments = cursor.at("(") ? operands.arguments() : CallArguments.NONE;
    return new Expr.Filter(base, name.text(), arguments, name.line());
  }

  private Expr test(Expr base) {
    int line = cursor.expect("is").line();
    boolean negated = cursor.skip("not");
    Token name = cursor.expect(Kind.NAME);
    if (!Tests.ALL.containsKey(name.text())) {
      throw JinjaException.at(name.line(), "the test `" + name.text() + "` is not supported");
    }
    CallArguments arguments = CallArguments.NONE;
    if (cursor.at("(")) {
      arguments = operands.arguments();
    } else if (beginsArgument(cursor.peek())) {
      arguments = new CallArguments(List.of(operands.postfix(operands.primary())), List.of());
    }
    return new Expr.Test(base, name.text(), arguments, negated, line);
  }

  private static boolean beginsArgument(Token token) {
    return switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.is("[") || token.is("{");
      case NAME -> !Set.of("else", "or", "and", "is", "if", "in", "not").contains(token.text());
      default -> false;
    };
  }
}
