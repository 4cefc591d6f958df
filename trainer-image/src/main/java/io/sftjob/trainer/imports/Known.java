package io.sftjob.trainer.imports;

/**
 * An argument that a program takes.
 *
 * @param of the data class that declares it
 * @param value its default: a Boolean, String, number, list or map, or null
 */
record Known(String name, String of, Type type, Object value) {

  /** What {@code HfArgumentParser} makes of its words. */
  enum Type {
    BOOL,
    INT,
    FLOAT,
    STR,
    /** One or more words. */
    LIST,
    DICT
  }
}
