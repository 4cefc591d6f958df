package io.sftjob.trainer.imports;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All arguments of a program: those given, and the defaults of the others. Knows which were looked
 * at, so that none is passed over in silence.
 */
final class Arguments {
  private final KnownArguments known;
  private final Map<String, Object> given;
  private final Set<String> read = new HashSet<>();

  Arguments(KnownArguments known, Map<String, Object> given) {
    this.known = known;
    this.given = given;
  }

  boolean isGiven(String name) {
    return given.containsKey(name);
  }

  /** As given, else the program's default; null for none. */
  Object value(String name) {
    read.add(name);
    return isGiven(name) ? given.get(name) : known.defaultOf(name);
  }

  String text(String name) {
    Object value = value(name);
    return value == null ? null : Values.text(value);
  }

  /** False where there is none. */
  boolean isTrue(String name) {
    return switch (value(name)) {
      case null -> false;
      case Boolean flag -> flag;
      // Of an argument that the program of today has no type for.
      case String word when Values.isBool(word) -> Values.bool(name, word);
      case Object other -> throw Values.invalid(name, other, "true or false");
    };
  }

  BigDecimal number(String name) {
    return switch (value(name)) {
      case null -> null;
      case BigDecimal number -> number;
      case String word -> Values.number(name, word, false);
      case Object other -> throw Values.invalid(name, other, "a number");
    };
  }

  /** Null where there is none, or where it has a fraction. */
  Integer whole(String name) {
    var number = number(name);
    try {
      return number == null ? null : number.intValueExact();
    } catch (ArithmeticException e) {
      return null;
    }
  }

  List<String> items(String name) {
    return Values.items(value(name));
  }

  Set<String> given() {
    return new LinkedHashSet<>(given.keySet());
  }

  boolean wasRead(String name) {
    return read.contains(name);
  }
}
