package io.sftjob.trainer.chat.jinja;

import static java.util.Map.entry;

import io.sftjob.trainer.chat.jinja.Stmt.Target;
import io.sftjob.trainer.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;

/** Jinja2's statements, those that make sense in a chat template. Others are refused by name. */
final class StatementParser {
  private final Cursor cursor;
  private final ExpressionParser expressions;
  private int loops;

  private StatementParser(Cursor cursor) {
    this.cursor = cursor;
    this.expressions = new ExpressionParser(cursor);
  }

  static List<Stmt> parse(String source) {
    Cursor cursor = new Cursor(Lexer.tokens(source));
    List<Stmt> statements = new StatementParser(cursor).body();
    if (!cursor.at(Kind.END)) {
      throw cursor.error("unexpected `" + cursor.peekSecond().text() + "`");
    }
    return statements;
  }

  /** Statements up to a block whose first word is one of {@code ends}, which stays in front. */
  private List<Stmt> body(String... ends) {
    List<Stmt> statements = new ArrayList<>();
    while (true) {
      switch (cursor.peek().kind()) {
        case DATA -> statements.add(new Stmt.Data(cursor.next().text()));
        case PRINT_BEGIN -> {
          cursor.next();
          statements.add(new Stmt.Print(expressions.tuple()));
          cursor.expect(Kind.PRINT_END);
        }
        case BLOCK_BEGIN -> {
          String word = cursor.peekSecond().text();
          if (word.startsWith("end") || word.equals("else") || word.equals("elif")) {
            if (!List.of(ends).contains(word)) {
              throw cursor.error("unexpected `" + word + "`");
            }
            return statements;
          }
          cursor.next();
          statements.add(statement());
        }
        default -> {
          if (ends.length > 0) {
            throw cursor.error("`" + ends[ends.length - 1] + "` is missing");
          }
          return statements;
        }
      }
    }
  }

  private Stmt statement() {
    Token word = cursor.expect(Kind.NAME);
    return switch (word.text()) {
      case "if" -> ifStatement();
      case "for" -> forStatement(word.line());
      case "set" -> set(word.line());
      case "macro" -> macro();
      case "with" -> with(word.line());
      case "filter" -> filterBlock();
      case "generation" -> {
        endBlock();
        yield new Stmt.Generation(outsideLoops("endgeneration"), word.line());
      }
      case "break" -> loopControl(word, new Stmt.Break());
      case "continue" -> loopControl(word, new Stmt.Continue());
      default ->
          throw JinjaException.at(word.line(), "the tag `" + word.text() + "` is not supported");
    };
  }

  private Stmt loopControl(Token word, Stmt statement) {
    if (loops == 0) {
      throw JinjaException.at(word.line(), "`" + word.text() + "` outside of a loop");
    }
    endBlock();
    return statement;
  }

  private Stmt ifStatement() {
    List<Entry<Expr, List<Stmt>>> branches = new ArrayList<>();
    Token end;
    do {
      Expr condition = expressions.tuple();
      endBlock();
      branches.add(entry(condition, body("elif", "else", "endif")));
      cursor.next();
      end = cursor.next();
    } while (end.is("elif"));
    endBlock();
    return new Stmt.If(branches, end.is("else") ? closed("endif") : List.of());
  }

  private Stmt forStatement(int line) {
    Target target = target(false);
    cursor.expect("in");
    Expr items = expressions.loopItems();
    Expr filter = cursor.skip("if") ? expressions.expression() : null;
    if (cursor.at("recursive")) {
      throw cursor.error("a recursive loop is not supported");
    }
    endBlock();
    loops++;
    List<Stmt> body = body("else", "endfor");
    loops--;
    cursor.next();
    boolean otherwise = cursor.next().is("else");
    endBlock();
    return new Stmt.For(
        target, items, filter, body, otherwise ? closed("endfor") : List.of(), line);
  }

  private Stmt set(int line) {
    Target target = target(true);
    if (cursor.skip("=")) {
      Expr value = expressions.tuple();
      endBlock();
      return new Stmt.Assign(target, value, line);
    }
    List<Expr.Filter> filters = blockFilters();
    endBlock();
    return new Stmt.Capture(target, filters, outsideLoops("endset"), line);
  }

  private Stmt filterBlock() {
    List<Expr.Filter> filters = new ArrayList<>(List.of(expressions.filter(null)));
    filters.addAll(blockFilters());
    endBlock();
    return new Stmt.FilterBlock(filters, outsideLoops("endfilter"));
  }

  private List<Expr.Filter> blockFilters() {
    List<Expr.Filter> filters = new ArrayList<>();
    while (cursor.skip("|")) {
      filters.add(expressions.filter(null));
    }
    return filters;
  }

  private Stmt macro() {
    String name = cursor.expect(Kind.NAME).text();
    cursor.expect("(");
    List<Entry<String, Expr>> parameters = new ArrayList<>();
    while (!cursor.skip(")")) {
      String parameter = cursor.expect(Kind.NAME).text();
      Expr fallback =
          cursor.skip("=") ? expressions.expression() : new Expr.Literal(new Undefined(parameter));
      parameters.add(entry(parameter, fallback));
      if (!cursor.at(")")) {
        cursor.expect(",");
      }
    }
    endBlock();
    return new Stmt.MacroDefinition(name, parameters, outsideLoops("endmacro"));
  }

  private Stmt with(int line) {
    List<Stmt.Assign> assignments = new ArrayList<>();
    while (!cursor.at(Kind.BLOCK_END)) {
      Target target = target(false);
      cursor.expect("=");
      assignments.add(new Stmt.Assign(target, expressions.expression(), line));
      if (!cursor.at(Kind.BLOCK_END)) {
        cursor.expect(",");
      }
    }
    endBlock();
    return new Stmt.With(assignments, closed("endwith"));
  }

  private Target target(boolean fields) {
    List<Target> targets = new ArrayList<>();
    boolean tuple = false;
    do {
      targets.add(single(fields));
      tuple |= cursor.at(",");
    } while (cursor.skip(",") && (cursor.at(Kind.NAME) || cursor.at("(")) && !cursor.at("in"));
    return tuple ? new Target.Unpack(targets) : targets.getFirst();
  }

  private Target single(boolean fields) {
    if (cursor.skip("(")) {
      Target inner = target(fields);
      cursor.expect(")");
      return inner;
    }
    String name = cursor.expect(Kind.NAME).text();
    if (fields && cursor.skip(".")) {
      return new Target.Field(name, cursor.expect(Kind.NAME).text());
    }
    return new Target.Variable(name);
  }

  /** A body that break and continue can not leave. */
  private List<Stmt> outsideLoops(String end) {
    int outer = loops;
    loops = 0;
    List<Stmt> statements = closed(end);
    loops = outer;
    return statements;
  }

  private List<Stmt> closed(String end) {
    List<Stmt> statements = body(end);
    cursor.next();
    cursor.next();
    if (end.equals("endmacro") && cursor.at(Kind.NAME)) {
      cursor.next();
    }
    endBlock();
    return statements;
  }

  private void endBlock() {
    cursor.expect(Kind.BLOCK_END);
  }
}
