package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Cuts a template into tokens as Jinja2 does with {@code trim_blocks} and {@code lstrip_blocks}:
 * the newline after a block and the blanks before it on its line vanish, unless a {@code +} keeps
 * them.
 */
final class Lexer {
  private static final Pattern OPENING = Pattern.compile("\\{[%{#]");
  private static final Pattern RAW_BEGIN = Pattern.compile("[ \\t\\n]*raw[ \\t\\n]*(-?)%\\}");
  private static final Pattern RAW_END =
      Pattern.compile("\\{%([-+]?)[ \\t\\n]*endraw[ \\t\\n]*([-+]?)%\\}");

  private final String source;
  private final int[] newlines;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  /** Whether the text at {@code at} begins a line, which decides about the first blanks. */
  private boolean lineStarting = true;

  private Lexer(String source) {
    String unix = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
    this.newlines =
        IntStream.range(0, this.source.length())
            .filter(i -> this.source.charAt(i) == '\n')
            .toArray();
  }

  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    lexer.run();
    return List.copyOf(lexer.tokens);
  }

  private void run() {
    Matcher opening = OPENING.matcher(source);
    while (opening.find(at)) {
      int from = opening.start();
      char kind = source.charAt(from + 1);
      String text = source.substring(at, from);
      char sign = signAt(from + 2);
      int inner = from + (sign == 0 ? 2 : 3);
      data(stripped(text, sign, kind != '{'), at);
      at = inner;
      switch (kind) {
        case '#' -> comment(from);
        case '%' -> {
          if (!raw()) {
            expression(from, Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
          }
        }
        default -> expression(from, Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
      }
    }
    data(source.substring(at), at);
    add(Kind.END, "end of template", null, source.length());
  }

  private void comment(int from) {
    int close = source.indexOf("#}", at);
    if (close < 0) {
      throw JinjaException.at(line(from), "the comment is not closed");
    }
    close(close + 2, close > at ? source.charAt(close - 1) : 0, true);
  }

  private boolean raw() {
    Matcher begin = RAW_BEGIN.matcher(source).region(at, source.length());
    if (!begin.lookingAt()) {
      return false;
    }
    int from = at;
    // Raw's opening does not take the newline behind it.
    close(begin.end(), begin.group(1).isEmpty() ? 0 : '-', false);
    Matcher end = RAW_END.matcher(source);
    if (!end.find(at)) {
      throw JinjaException.at(line(from), "raw is not closed");
    }
    data(stripped(source.substring(at, end.start()), sign(end.group(1)), true), at);
    close(end.end(), sign(end.group(2)), true);
    return true;
  }

  private void expression(int from, Kind begin, Kind end, String closing) {
    add(begin, source.substring(from, at), null, from);
    ExpressionLexer inside = new ExpressionLexer(source, closing, from, this::line);
    at = inside.read(at, tokens::add);
    add(end, closing, null, at);
    close(at + 2, inside.sign(), end == Kind.BLOCK_END);
  }

  /** Moves behind a closing mark and what its sign, or trim_blocks, takes of the text behind it. */
  private void close(int end, int sign, boolean trimBlocks) {
    at = end;
    if (sign == '-') {
      while (at < source.length() && PyStrings.isSpace(source.codePointAt(at))) {
        at++;
      }
    } else if (sign != '+' && trimBlocks && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
    lineStarting = source.charAt(at - 1) == '\n';
  }

  private String stripped(String text, int sign, boolean block) {
    if (sign == '-') {
      return PyStrings.rstrip(text, null);
    }
    if (sign == '+' || !block) {
      return text;
    }
    int lineBegin = text.lastIndexOf('\n') + 1;
    boolean blank = PyStrings.lstrip(text.substring(lineBegin), null).isEmpty();
    return blank && (lineBegin > 0 || lineStarting) ? text.substring(0, lineBegin) : text;
  }

  private void data(String text, int from) {
    if (!text.isEmpty()) {
      add(Kind.DATA, text, null, from);
    }
  }

  private char signAt(int index) {
    return index < source.length() ? sign(source.substring(index, index + 1)) : 0;
  }

  private static char sign(String text) {
    return text.equals("-") || text.equals("+") ? text.charAt(0) : 0;
  }

  private void add(Kind kind, String text, Object value, int from) {
    tokens.add(new Token(kind, text, value, line(from)));
  }

  private int line(int index) {
    int found = Arrays.binarySearch(newlines, index);
    return 1 + (found < 0 ? -found - 1 : found);
  }
}
