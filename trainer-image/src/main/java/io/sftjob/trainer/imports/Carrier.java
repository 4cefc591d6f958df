package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import java.math.BigDecimal;
import java.util.List;

/** Carries arguments over into fields. */
record Carrier(Program program, Arguments arguments, Draft draft) {

  /** A decimal string, if there is a value. */
  void decimal(String name, String field) {
    var number = arguments.number(name);
    if (number != null) {
      set(name, field, Values.decimal(number));
    }
  }

  /** A whole number, if there is a value. */
  void whole(String name, String field) {
    var number = arguments.number(name);
    if (number != null) {
      set(name, field, whole(name, number));
    }
  }

  void flag(String name, String field) {
    set(name, field, arguments.isTrue(name));
  }

  /** Sets a field to what an argument became. */
  void set(String name, String field, Object value) {
    draft.set(field, value, origin(name));
  }

  void list(String name, String field, List<String> items) {
    if (!items.isEmpty()) {
      set(name, field, items);
    }
  }

  private String origin(String name) {
    return arguments.isGiven(name) ? name : program.title() + "'s default";
  }

  private static int whole(String name, BigDecimal number) {
    try {
      return number.intValueExact();
    } catch (ArithmeticException e) {
      throw Values.invalid(name, number, "a whole number");
    }
  }

  /** The argument, its value, and what is to be told of it. */
  void note(Kind kind, String name, String text) {
    draft.note(kind, described(name) + ": " + text);
  }

  private String described(String name) {
    Object value = arguments.value(name);
    return value == null || Secrets.isOne(name) ? name : name + " " + Values.text(value);
  }
}
