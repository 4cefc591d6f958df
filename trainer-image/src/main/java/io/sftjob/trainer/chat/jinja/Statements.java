package io.sftjob.trainer.chat.jinja;

import java.util.List;
import java.util.stream.Stream;

/** Questions about parsed statements. */
final class Statements {
  private Statements() {}

  static boolean anyGeneration(List<Stmt> statements) {
    return statements.stream()
        .anyMatch(
            s -> s instanceof Stmt.Generation || bodies(s).anyMatch(Statements::anyGeneration));
  }

  private static Stream<List<Stmt>> bodies(Stmt statement) {
    return switch (statement) {
      case Stmt.If s ->
          Stream.concat(s.branches().stream().map(b -> b.getValue()), Stream.of(s.otherwise()));
      case Stmt.For s -> Stream.of(s.body(), s.otherwise());
      case Stmt.Capture s -> Stream.of(s.body());
      case Stmt.FilterBlock s -> Stream.of(s.body());
      case Stmt.MacroDefinition s -> Stream.of(s.body());
      case Stmt.With s -> Stream.of(s.body());
      default -> Stream.of();
    };
  }
}
