package io.sftjob.trainer.chat.jinja;

import static java.util.Map.entry;

import io.sftjob.trainer.chat.jinja.Expr.CallArguments;
import io.sftjob.trainer.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;

/** What operators stand between: literals, names, brackets, and what follows them directly. */
final class OperandParser {
  private final Cursor cursor;
  private final ExpressionParser expressions;

  OperandParser(Cursor cursor, ExpressionParser expressions) {
    this.cursor = cursor;
    this.expressions = expressions;
  }

  Expr primary() {
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
    Expr inner = expressions.tuple();
    cursor.expect(")");
    return inner;
  }

  private List<Expr> items(String closing) {
    List<Expr> items = new ArrayList<>();
    while (!cursor.skip(closing)) {
      items.add(expressions.expression());
      if (!cursor.at(closing)) {
        cursor.expect(",");
      }
    }
    return items;
  }

  private Expr dict() {
    List<Entry<Expr, Expr>> items = new ArrayList<>();
    while (!cursor.skip("}")) {
      Expr key = expressions.expression();
      cursor.expect(":");
      items.add(entry(key, expressions.expression()));
      if (!cursor.at("}")) {
        cursor.expect(",");
      }
    }
    return new Expr.DictOf(items);
  }

  Expr postfix(Expr base) {
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
    Expr start = cursor.at(":") ? null : expressions.expression();
    if (cursor.skip("]")) {
      return new Expr.Item(base, start, line);
    }
    cursor.expect(":");
    Expr stop = cursor.at(":") || cursor.at("]") ? null : expressions.expression();
    Expr step = cursor.skip(":") && !cursor.at("]") ? expressions.expression() : null;
    cursor.expect("]");
    return new Expr.Slice(base, start, stop, step, line);
  }

  Expr call(Expr callee) {
    int line = cursor.line();
    return new Expr.Call(callee, arguments(), line);
  }

  CallArguments arguments() {
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
        named.add(entry(name, expressions.expression()));
      } else if (named.isEmpty()) {
        positional.add(expressions.expression());
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
