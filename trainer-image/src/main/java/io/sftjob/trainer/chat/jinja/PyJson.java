package io.sftjob.trainer.chat.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code json.dumps}, with its separators, its numbers, and keys in the order they came. */
public final class PyJson {
  private static final int MAX_INDENT = 100;

  private final String itemSeparator;
  private final String keySeparator;
  private final String indent;
  private final boolean asciiOnly;
  private final boolean sortKeys;
  private final StringBuilder out = new StringBuilder();

  private PyJson(Arguments arguments) {
    Object indentation = arguments.get(1, "indent", null);
    this.indent = indentation instanceof Long spaces ? blanks(spaces) : (String) indentation;
    this.asciiOnly = arguments.flag(0, "ensure_ascii", false);
    this.sortKeys = arguments.flag(3, "sort_keys", false);
    if (arguments.get(2, "separators", null) instanceof List<?> pair && pair.size() == 2) {
      this.itemSeparator = (String) pair.get(0);
      this.keySeparator = (String) pair.get(1);
    } else {
      this.itemSeparator = indent == null ? ", " : ",";
      this.keySeparator = ": ";
    }
  }

  private static String blanks(long count) {
    if (count > MAX_INDENT) {
      throw new JinjaException("tojson takes an indent of at most " + MAX_INDENT);
    }
    return " ".repeat((int) Math.max(0, count));
  }

  /** The arguments of HF's {@code tojson}: ensure_ascii, indent, separators, sort_keys. */
  static String dump(Object value, Arguments arguments) {
    PyJson json = new PyJson(arguments.atMost(4, "tojson"));
    json.write(value, 0);
    return json.out.toString();
  }

  /** {@code json.dumps(value, indent=indent, ensure_ascii=False)}. */
  public static String dump(Object value, int indent) {
    return dump(value, new Arguments(List.of(), Map.of("indent", (long) indent)));
  }

  private void write(Object value, int depth) {
    Work.read(value);
    Work.requireChars(out.length());
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b.booleanValue());
      case Double d -> out.append(real(d));
      case Number n -> out.append(n);
      case String text -> quote(text);
      case List<?> list -> writeList(list, depth);
      case Map<?, ?> map -> writeMap(sortKeys ? new TreeMap<>(map) : map, depth);
      default -> throw new JinjaException(Values.typeName(value) + " has no JSON form");
    }
  }

  private static String real(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : PyRepr.real(value);
  }

  private void writeList(List<?> list, int depth) {
    if (list.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    Iterator<?> items = list.iterator();
    while (items.hasNext()) {
      newline(depth + 1);
      write(items.next(), depth + 1);
      out.append(items.hasNext() ? itemSeparator : "");
    }
    newline(depth);
    out.append(']');
  }

  private void writeMap(Map<?, ?> map, int depth) {
    if (map.isEmpty()) {
      out.append("{}");
      return;
    }
    out.append('{');
    Iterator<? extends Map.Entry<?, ?>> items = map.entrySet().iterator();
    while (items.hasNext()) {
      Map.Entry<?, ?> item = items.next();
      newline(depth + 1);
      quote(key(item.getKey()));
      out.append(keySeparator);
      write(item.getValue(), depth + 1);
      out.append(items.hasNext() ? itemSeparator : "");
    }
    newline(depth);
    out.append('}');
  }

  private static String key(Object key) {
    return switch (key) {
      case String text -> text;
      case null -> "null";
      case Boolean b -> b.toString();
      case Double d -> real(d);
      default -> PyRepr.str(key);
    };
  }

  private void newline(int depth) {
    if (indent != null) {
      out.append('\n').append(indent.repeat(depth));
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || asciiOnly && c > 0x7e) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
