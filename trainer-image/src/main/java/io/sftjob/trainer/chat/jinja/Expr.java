package io.sftjob.trainer.chat.jinja;

import java.util.List;
import java.util.Map.Entry;

/** An expression. */
sealed interface Expr {
  record Literal(Object value) implements Expr {}

  record Name(String name, int line) implements Expr {}

  record ListOf(List<Expr> items, boolean tuple) implements Expr {}

  record DictOf(List<Entry<Expr, Expr>> items) implements Expr {}

  record Attribute(Expr base, String name, int line) implements Expr {}

  record Item(Expr base, Expr key, int line) implements Expr {}

  /** Absent bounds are null. */
  record Slice(Expr base, Expr start, Expr stop, Expr step, int line) implements Expr {}

  record Call(Expr callee, CallArguments arguments, int line) implements Expr {}

  record Filter(Expr base, String name, CallArguments arguments, int line) implements Expr {}

  record Test(Expr base, String name, CallArguments arguments, boolean negated, int line)
      implements Expr {}

  record Unary(String operator, Expr operand, int line) implements Expr {}

  record Binary(String operator, Expr left, Expr right, int line) implements Expr {}

  /** {@code a < b < c}. */
  record Comparison(Expr first, List<Entry<String, Expr>> rest, int line) implements Expr {}

  /** {@code otherwise} is null where there is no else. */
  record Conditional(Expr condition, Expr then, Expr otherwise) implements Expr {}

  record CallArguments(List<Expr> positional, List<Entry<String, Expr>> named) {
    static final CallArguments NONE = new CallArguments(List.of(), List.of());
  }
}
