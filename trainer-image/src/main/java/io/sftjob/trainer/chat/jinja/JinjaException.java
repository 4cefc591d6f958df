package io.sftjob.trainer.chat.jinja;

/** A template that can not be parsed or rendered; the message names the line where it is known. */
public final class JinjaException extends RuntimeException {
  private final boolean located;

  public JinjaException(String message) {
    this(message, false);
  }

  private JinjaException(String message, boolean located) {
    super(message);
    this.located = located;
  }

  static JinjaException at(int line, String message) {
    return new JinjaException("line " + line + ": " + message, true);
  }

  /** Names the line, unless the message names an inner one already. */
  JinjaException locatedAt(int line) {
    return located ? this : at(line, getMessage());
  }
}
