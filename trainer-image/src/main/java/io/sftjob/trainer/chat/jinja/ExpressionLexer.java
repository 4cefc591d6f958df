package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts what stands between {@code {{ }}} or {@code {% %}}. */
final class ExpressionLexer {
  private static final Pattern NUMBER =
      Pattern.compile("(\\d[\\d_]*)(\\.\\d[\\d_]*)?([eE][+-]?\\d+)?");
  private static final Pattern OPERATOR =
      Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}<>=.:|,;]");

  private final String source;
  private final String closing;
  private final int from;
  private final IntUnaryOperator line;
  private final Deque<String> open = new ArrayDeque<>();
  private int at;
  private char sign;

  ExpressionLexer(String source, String closing, int from, IntUnaryOperator line) {
    this.source = source;
    this.closing = closing;
    this.from = from;
    this.line = line;
  }

  /** Reads up to the closing mark. Returns the index of the mark, which {@link #sign} precedes. */
  int read(int start, Consumer<Token> out) {
    at = start;
    while (true) {
      while (at < source.length() && PyStrings.isSpace(source.charAt(at))) {
        at++;
      }
      if (at >= source.length()) {
        throw JinjaException.at(line.applyAsInt(from), "`" + closing + "` is missing");
      }
      if (open.isEmpty() && atClosing()) {
        return at;
      }
      out.accept(next());
    }
  }

  /** {@code -} or {@code +} directly before the closing mark, else 0. */
  char sign() {
    return sign;
  }

  private boolean atClosing() {
    if (source.startsWith(closing, at)) {
      return true;
    }
    char c = source.charAt(at);
    boolean signed = c == '-' || c == '+' && closing.equals("%}");
    if (signed && source.startsWith(closing, at + 1)) {
      sign = c;
      at++;
      return true;
    }
    return false;
  }

  private Token next() {
    char c = source.charAt(at);
    if (c == '\'' || c == '"') {
      return string(c);
    }
    if (Character.isDigit(c)) {
      return number();
    }
    if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      int begin = at;
      while (at < source.length() && Character.isUnicodeIdentifierPart(source.charAt(at))) {
        at++;
      }
      String name = source.substring(begin, at);
      return token(Kind.NAME, name, null, begin);
    }
    Matcher operator = OPERATOR.matcher(source).region(at, source.length());
    if (!operator.lookingAt()) {
      throw error("unexpected character `" + c + "`");
    }
    String text = operator.group();
    balance(text);
    at = operator.end();
    return token(Kind.OPERATOR, text, null, operator.start());
  }

  /** Inside brackets a closing mark is part of the expression: {@code {{ {'a': {}} }}}. */
  private void balance(String operator) {
    switch (operator) {
      case "(" -> open.push(")");
      case "[" -> open.push("]");
      case "{" -> open.push("}");
      case ")", "]", "}" -> {
        if (!operator.equals(open.poll())) {
          throw error("unexpected `" + operator + "`");
        }
      }
      default -> {}
    }
  }

  private Token number() {
    Matcher number = NUMBER.matcher(source).region(at, source.length());
    number.lookingAt();
    int begin = at;
    at = number.end();
    String digits = number.group().replace("_", "");
    try {
      return number.group(2) == null && number.group(3) == null
          ? token(Kind.INTEGER, number.group(), Long.parseLong(digits), begin)
          : token(Kind.FLOAT, number.group(), Double.parseDouble(digits), begin);
    } catch (NumberFormatException e) {
      throw error("`" + number.group() + "` is no number that fits in 64 bits");
    }
  }

  private Token string(char quote) {
    int begin = at++;
    int end = at;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw error("the string is not closed");
    }
    String text = PyEscapes.decode(source.substring(at, end));
    at = end + 1;
    return token(Kind.STRING, source.substring(begin, at), text, begin);
  }

  private Token token(Kind kind, String text, Object value, int begin) {
    return new Token(kind, text, value, line.applyAsInt(begin));
  }

  private JinjaException error(String message) {
    return JinjaException.at(line.applyAsInt(at), message);
  }
}
