package io.sftjob.trainer.chat.jinja;

/** The value of a name that nobody set: prints as nothing, is false, and fails in any operation. */
record Undefined(String name) {
  JinjaException error() {
    return new JinjaException("'" + name + "' is undefined");
  }
}
