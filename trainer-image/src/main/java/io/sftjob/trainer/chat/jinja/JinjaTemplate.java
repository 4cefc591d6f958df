package io.sftjob.trainer.chat.jinja;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;

/**
 * A Jinja2 template as transformers runs one: immutable sandbox, {@code trim_blocks}, {@code
 * lstrip_blocks}, loop controls and the {@code generation} tag. What is not supported is refused
 * when the template is parsed, wherever that can be seen. Thread-safe; reaches nothing but its
 * variables.
 */
public final class JinjaTemplate {
  private final List<Stmt> statements;

  private JinjaTemplate(List<Stmt> statements) {
    this.statements = statements;
  }

  /**
   * @throws JinjaException naming the line and what is wrong there
   */
  public static JinjaTemplate parse(String source) {
    try {
      return new JinjaTemplate(StatementParser.parse(source));
    } catch (StackOverflowError e) {
      throw new JinjaException("the template is nested too deep");
    }
  }

  /** Whether the template marks what the assistant says with {@code {% generation %}}. */
  public boolean marksGeneration() {
    return Statements.anyGeneration(statements);
  }

  /**
   * @param variables strings, booleans, longs, doubles, null, lists and maps of these
   * @param now what {@code strftime_now} says
   * @throws JinjaException for what the template raises, and for all that fails in it
   */
  public Rendered render(Map<String, Object> variables, LocalDateTime now) {
    Scope scope = new Scope(null);
    Globals.at(now).forEach(scope::set);
    Scope inner = new Scope(scope);
    variables.forEach(inner::set);
    Passes passes = Passes.over(variables.get("messages"));
    try {
      return Work.limited(() -> new Renderer(passes).render(statements, inner));
    } catch (StackOverflowError e) {
      throw new JinjaException("the template runs too deep");
    }
  }

  /**
   * @param generated what the generation blocks wrote, in order
   * @param passes what each pass of a loop over {@code messages} wrote, in order; no empty ones
   */
  public record Rendered(String text, List<Span> generated, List<Pass> passes) {}

  /** What the loop wrote for {@code messages[message]}. */
  public record Pass(int message, Span span) {}

  /** A part of a text, in UTF-16 units; the end is exclusive. */
  public record Span(int start, int end) {}
}
