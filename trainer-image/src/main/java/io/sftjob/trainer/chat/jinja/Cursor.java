package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.Token.Kind;
import java.util.List;

/** Walks over tokens. */
final class Cursor {
  private final List<Token> tokens;
  private int at;

  Cursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peekSecond() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  boolean at(Kind kind) {
    return peek().kind() == kind;
  }

  boolean at(String operatorOrName) {
    return peek().is(operatorOrName);
  }

  boolean skip(String operatorOrName) {
    boolean found = at(operatorOrName);
    if (found) {
      next();
    }
    return found;
  }

  Token expect(String operatorOrName) {
    if (!at(operatorOrName)) {
      throw error("expected `" + operatorOrName + "`, found `" + peek().text() + "`");
    }
    return next();
  }

  Token expect(Kind kind) {
    if (!at(kind)) {
      throw error("expected a " + kind.name().toLowerCase() + ", found `" + peek().text() + "`");
    }
    return next();
  }

  int line() {
    return peek().line();
  }

  JinjaException error(String message) {
    return JinjaException.at(line(), message);
  }
}
