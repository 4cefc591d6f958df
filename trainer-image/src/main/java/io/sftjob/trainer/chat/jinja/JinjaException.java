package io.sftjob.trainer.chat.jinja;

/** A template that can not be parsed or rendered; the message names the line where it is known. */
public final class JinjaException extends RuntimeException {
  /** Which limit stopped the rendering. */
  private enum Limit {
    NONE,
    SIZE,
    STEPS
  }

  private final boolean located;
  private final Limit limit;

  public JinjaException(String message) {
    this(message, false, Limit.NONE);
  }

  private JinjaException(String message, boolean located, Limit limit) {
    super(message);
    this.located = located;
    this.limit = limit;
  }

  static JinjaException at(int line, String message) {
    return new JinjaException("line " + line + ": " + message, true, Limit.NONE);
  }

  static JinjaException tooLarge(String message) {
    return new JinjaException(message, false, Limit.SIZE);
  }

  static JinjaException endless(String message) {
    return new JinjaException(message, false, Limit.STEPS);
  }

  /** Whether the rendering was stopped because it went on and on: no row will fare better. */
  public boolean endless() {
    return limit == Limit.STEPS;
  }

  /** Whether a limit stopped the rendering: for a short conversation, the template is at fault. */
  public boolean beyondLimits() {
    return limit != Limit.NONE;
  }

  /** Names the line, unless the message names an inner one already. */
  JinjaException locatedAt(int line) {
    return located ? this : new JinjaException("line " + line + ": " + getMessage(), true, limit);
  }
}
