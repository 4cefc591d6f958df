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

  ExpressionParser(Cursor cursor) {
    this.cursor = cursor;
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
      value = primary();
    }
    value = postfix(value);
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
        value = call(value);
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
    CallArguments arguments = cursor.at("(") ? arguments() : CallArguments.NONE;
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
      arguments = arguments();
    } else if (beginsArgument(cursor.peek())) {
      arguments = new CallArguments(List.of(postfix(primary())), List.of());
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

  private Expr primary() {
    Token token = cursor.next();
    return switch (token.kind()) {
      case INTEGER, FLOAT -> new Expr.Literal(token.value());
      case STRING -> {
        StringBuilder text = new StringBuilder((String) token.value());
        while (cursor.at(Kind.STRING)) {
          text.append((String) cursor.next().value());
        }
        yield new Expr.Literal(text.toString());
      }
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Expr.Literal(true);
            case "false", "False" -> new Expr.Literal(false);
            case "none", "None" -> new Expr.Literal(null);
            default -> new Expr.Name(token.text(), token.line());
          };
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> parenthesis();
            case "[" -> new Expr.ListOf(items("]"), false);
            case "{" -> dict();
            default -> throw unexpected(token);
          };
      default -> throw unexpected(token);
    };
  }

  private Expr parenthesis() {
    if (cursor.skip(")")) {
      return new Expr.ListOf(List.of(), true);
    }
    Expr inner = tuple();
    cursor.expect(")");
    return inner;
  }

  private List<Expr> items(String closing) {
    List<Expr> items = new ArrayList<>();
    while (!cursor.skip(closing)) {
      items.add(expression());
      if (!cursor.at(closing)) {
        cursor.expect(",");
      }
    }
    return items;
  }

  private Expr dict() {
    List<Entry<Expr, Expr>> items = new ArrayList<>();
    while (!cursor.skip("}")) {
      Expr key = expression();
      cursor.expect(":");
      items.add(entry(key, expression()));
      if (!cursor.at("}")) {
        cursor.expect(",");
      }
    }
    return new Expr.DictOf(items);
  }

  private Expr postfix(Expr base) {
    Expr value = base;
    while (true) {
      if (cursor.at(".")) {
        int line = cursor.next().line();
        Token name = cursor.next();
        value =
            switch (name.kind()) {
              case NAME -> new Expr.Attribute(value, name.text(), line);
              case INTEGER -> new Expr.Item(value, new Expr.Literal(name.value()), line);
              default -> throw unexpected(name);
            };
      } else if (cursor.at("[")) {
        value = subscript(value);
      } else if (cursor.at("(")) {
        value = call(value);
      } else {
        return value;
      }
    }
  }

  private Expr subscript(Expr base) {
    int line = cursor.expect("[").line();
    Expr start = cursor.at(":") ? null : expression();
    if (cursor.skip("]")) {
      return new Expr.Item(base, start, line);
    }
    cursor.expect(":");
    Expr stop = cursor.at(":") || cursor.at("]") ? null : expression();
    Expr step = cursor.skip(":") && !cursor.at("]") ? expression() : null;
    cursor.expect("]");
    return new Expr.Slice(base, start, stop, step, line);
  }

  private Expr call(Expr callee) {
    int line = cursor.line();
    return new Expr.Call(callee, arguments(), line);
  }

  private CallArguments arguments() {
    cursor.expect("(");
    List<Expr> positional = new ArrayList<>();
    List<Entry<String, Expr>> named = new ArrayList<>();
    while (!cursor.skip(")")) {
      if (cursor.at("*") || cursor.at("**")) {
        throw cursor.error("`*` in arguments is not supported");
      }
      if (cursor.at(Kind.NAME) && cursor.peekSecond().is("=")) {
        String name = cursor.next().text();
        cursor.next();
        named.add(entry(name, expression()));
      } else if (named.isEmpty()) {
        positional.add(expression());
      } else {
        throw cursor.error("a positional argument follows a named one");
      }
      if (!cursor.at(")")) {
        cursor.expect(",");
      }
    }
    return new CallArguments(positional, named);
  }

  private static JinjaException unexpected(Token token) {
    return JinjaException.at(token.line(), "unexpected `" + token.text() + "`");
  }
}
