package io.sftjob.trainer.chat.jinja;

import java.util.List;
import java.util.Map.Entry;

/** A statement. */
sealed interface Stmt {
  record Data(String text) implements Stmt {}

  record Print(Expr value) implements Stmt {}

  record If(List<Entry<Expr, List<Stmt>>> branches, List<Stmt> otherwise) implements Stmt {}

  /** {@code filter} is null where there is none. */
  record For(
      Target target, Expr items, Expr filter, List<Stmt> body, List<Stmt> otherwise, int line)
      implements Stmt {}

  record Assign(Target target, Expr value, int line) implements Stmt {}

  /** {@code {% set x %}…{% endset %}}: the rendered body, through the filters that follow. */
  record Capture(Target target, List<Expr.Filter> filters, List<Stmt> body, int line)
      implements Stmt {}

  record FilterBlock(List<Expr.Filter> filters, List<Stmt> body) implements Stmt {}

  record MacroDefinition(String name, List<Entry<String, Expr>> parameters, List<Stmt> body)
      implements Stmt {}

  record With(List<Assign> assignments, List<Stmt> body) implements Stmt {}

  /** {@code {% generation %}}: what the assistant says. */
  record Generation(List<Stmt> body, int line) implements Stmt {}

  record Break() implements Stmt {}

  record Continue() implements Stmt {}

  /** What an assignment sets. */
  sealed interface Target {
    record Variable(String name) implements Target {}

    record Unpack(List<Target> targets) implements Target {}

    record Field(String namespace, String name) implements Target {}
  }
}
