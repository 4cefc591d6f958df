package io.sftjob.trainer.chat.jinja;

/** A template that can not be parsed or rendered; the message names the line where it is known. */
public final class JinjaException extends RuntimeException {
  public JinjaException(String message) {
    super(message);
  }

  static JinjaException at(int line, String message) {
    return new JinjaException("line " + line + ": " + message);
  }
}
