package io.sftjob.trainer.chat.jinja;

import java.util.List;
import java.util.Map;

/** Evaluated arguments of a call. */
record Arguments(List<Object> positional, Map<String, Object> named) {
  int size() {
    return positional.size() + named.size();
  }

  boolean has(int index, String name) {
    return index < positional.size() || named.containsKey(name);
  }

  /** The argument at that place or of that name. */
  Object get(int index, String name, Object fallback) {
    return index < positional.size() ? positional.get(index) : named.getOrDefault(name, fallback);
  }

  Object required(int index, String name) {
    if (!has(index, name)) {
      throw new JinjaException("the argument `" + name + "` is missing");
    }
    return get(index, name, null);
  }

  String string(int index, String name, String fallback) {
    Object value = get(index, name, fallback);
    if (value != null && !(value instanceof String)) {
      throw new JinjaException("`" + name + "` is " + PyRepr.of(value) + "; expected a string");
    }
    return (String) value;
  }

  int integer(int index, String name, int fallback) {
    Object value = get(index, name, (long) fallback);
    if (!(value instanceof Long number)) {
      throw new JinjaException("`" + name + "` is " + PyRepr.of(value) + "; expected an integer");
    }
    return Math.toIntExact(number);
  }

  boolean flag(int index, String name, boolean fallback) {
    return Values.truth(get(index, name, fallback));
  }

  /** Refuses what the callee would not look at. */
  Arguments atMost(int count, String callee) {
    if (size() > count) {
      throw new JinjaException(callee + " takes at most " + count + " arguments, not " + size());
    }
    return this;
  }

  Arguments from(int index) {
    return new Arguments(
        positional.subList(Math.min(index, positional.size()), positional.size()), named);
  }
}
