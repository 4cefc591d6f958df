package io.sftjob.trainer.chat.jinja;

/** A template that can not be parsed or rendered; the message names the line where it is known. */
public final class JinjaException extends RuntimeException {
  private final boolean located;
  private final boolean endless;

  public JinjaException(String message) {
    this(message, false, false);
  }

  private JinjaException(String message, boolean located, boolean endless) {
    super(message);
    this.located = located;
    this.endless = endless;
  }

  static JinjaException at(int line, String message) {
    return new JinjaException("line " + line + ": " + message, true, false);
  }

  static JinjaException endless(String message) {
    return new JinjaException(message, false, true);
  }

  /** Whether the rendering was stopped because it went on and on: no row will fare better. */
  public boolean endless() {
    return endless;
  }

  /** Names the line, unless the message names an inner one already. */
  JinjaException locatedAt(int line) {
    return located ? this : new JinjaException("line " + line + ": " + getMessage(), true, endless);
  }
}
