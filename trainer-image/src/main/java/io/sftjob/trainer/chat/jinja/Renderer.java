package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.JinjaTemplate.Rendered;
import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import io.sftjob.trainer.chat.jinja.Stmt.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;

/** Runs the statements of one rendering, within limits: a template is foreign code. */
final class Renderer {
  private static final int MAX_MACRO_DEPTH = 100;

  private final Passes passes;
  private final List<Span> generated = new ArrayList<>();
  private final StringBuilder root = new StringBuilder();
  private StringBuilder out = root;
  private int macroDepth;
  private int loopDepth;

  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Renderer(Passes passes) {
    this.passes = passes;
  }

  Rendered render(List<Stmt> statements, Scope scope) {
    run(statements, scope);
    return new Rendered(root.toString(), List.copyOf(generated), passes.spans());
  }

  private Flow run(List<Stmt> statements, Scope scope) {
    for (Stmt statement : statements) {
      Flow flow = run(statement, scope);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Stmt statement, Scope scope) {
    Work.step();
    switch (statement) {
      case Stmt.Data data -> write(data.text());
      case Stmt.Print print -> write(PyRepr.str(Evaluator.evaluate(print.value(), scope)));
      case Stmt.If choice -> {
        return run(branch(choice, scope), scope);
      }
      case Stmt.For loop -> loop(loop, scope);
      case Stmt.Assign a ->
          assign(a.target(), Evaluator.evaluate(a.value(), scope), scope, a.line());
      case Stmt.Capture c -> {
        String text = captured(c.body(), new Scope(scope));
        assign(c.target(), filtered(c.filters(), text, scope), scope, c.line());
      }
      case Stmt.FilterBlock f -> {
        String text = captured(f.body(), new Scope(scope));
        write(PyRepr.str(filtered(f.filters(), text, scope)));
      }
      case Stmt.MacroDefinition macro -> scope.set(macro.name(), macro(macro, scope));
      case Stmt.With with -> {
        Scope inner = new Scope(scope);
        for (Stmt.Assign a : with.assignments()) {
          assign(a.target(), Evaluator.evaluate(a.value(), scope), inner, a.line());
        }
        return run(with.body(), inner);
      }
      case Stmt.Generation generation -> generation(generation, scope);
      case Stmt.Break b -> {
        return Flow.BREAK;
      }
      case Stmt.Continue c -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private static List<Stmt> branch(Stmt.If choice, Scope scope) {
    for (Entry<Expr, List<Stmt>> branch : choice.branches()) {
      if (Values.truth(Evaluator.evaluate(branch.getKey(), scope))) {
        return branch.getValue();
      }
    }
    return choice.otherwise();
  }

  private void loop(Stmt.For loop, Scope scope) {
    List<Object> items = new ArrayList<>();
    for (Object item : iterated(loop, scope)) {
      if (loop.filter() == null) {
        items.add(item);
      } else {
        Scope inner = new Scope(scope);
        assign(loop.target(), item, inner, loop.line());
        if (Values.truth(Evaluator.evaluate(loop.filter(), inner))) {
          items.add(item);
        }
      }
    }
    loopDepth++;
    for (int i = 0; i < items.size(); i++) {
      Scope inner = new Scope(scope);
      inner.set("loop", new Loop(items, i, loopDepth - 1));
      assign(loop.target(), items.get(i), inner, loop.line());
      int start = root.length();
      Flow flow = run(loop.body(), inner);
      if (out == root) {
        passes.wrote(items.get(i), start, root.length());
      }
      if (flow == Flow.BREAK) {
        break;
      }
    }
    loopDepth--;
    if (items.isEmpty()) {
      run(loop.otherwise(), new Scope(scope));
    }
  }

  private static List<Object> iterated(Stmt.For loop, Scope scope) {
    try {
      return Values.iterate(Evaluator.evaluate(loop.items(), scope));
    } catch (JinjaException e) {
      throw e.locatedAt(loop.line());
    }
  }

  private static void assign(Target target, Object value, Scope scope, int line) {
    switch (target) {
      case Target.Variable variable -> scope.set(variable.name(), value);
      case Target.Field field -> {
        if (!(scope.get(field.namespace()) instanceof Namespace namespace)) {
          throw JinjaException.at(
              line, "`" + field.namespace() + "` is no namespace; only those have fields to set");
        }
        namespace.fields().put(field.name(), value);
      }
      case Target.Unpack unpack -> {
        List<Object> items = Values.iterate(value);
        if (items.size() != unpack.targets().size()) {
          throw JinjaException.at(
              line,
              "%d values can not be set to %d names"
                  .formatted(items.size(), unpack.targets().size()));
        }
        for (int i = 0; i < items.size(); i++) {
          assign(unpack.targets().get(i), items.get(i), scope, line);
        }
      }
    }
  }

  private Callable macro(Stmt.MacroDefinition macro, Scope definition) {
    return arguments -> {
      List<Entry<String, Expr>> parameters = macro.parameters();
      if (arguments.positional().size() > parameters.size()) {
        throw new JinjaException("macro " + macro.name() + " takes fewer arguments");
      }
      Scope scope = new Scope(definition);
      for (int i = 0; i < parameters.size(); i++) {
        String name = parameters.get(i).getKey();
        scope.set(
            name,
            arguments.has(i, name)
                ? arguments.get(i, name, null)
                : Evaluator.evaluate(parameters.get(i).getValue(), scope));
      }
      for (String name : arguments.named().keySet()) {
        if (parameters.stream().noneMatch(p -> p.getKey().equals(name))) {
          throw new JinjaException("macro " + macro.name() + " has no parameter `" + name + "`");
        }
      }
      if (++macroDepth > MAX_MACRO_DEPTH) {
        throw new JinjaException("macros are nested more than " + MAX_MACRO_DEPTH + " deep");
      }
      String text = captured(macro.body(), scope);
      macroDepth--;
      return text;
    };
  }

  private String captured(List<Stmt> body, Scope scope) {
    StringBuilder outer = out;
    out = new StringBuilder();
    run(body, scope);
    String text = Work.made(out.toString());
    out = outer;
    return text;
  }

  private static Object filtered(List<Expr.Filter> filters, String text, Scope scope) {
    Object value = text;
    for (Expr.Filter filter : filters) {
      value = Evaluator.filter(filter, value, scope);
    }
    return value;
  }

  private void generation(Stmt.Generation generation, Scope scope) {
    if (out != root) {
      // Its place in the whole text is unknown: the assistant's tokens would be marked wrongly.
      throw JinjaException.at(
          generation.line(), "a generation block inside a macro or a set block is not supported");
    }
    int start = root.length();
    run(generation.body(), new Scope(scope));
    generated.add(new Span(start, root.length()));
  }

  private void write(String text) {
    Work.requireChars((long) out.length() + text.length());
    out.append(text);
  }
}
