package io.sftjob.trainer.chat.jinja;

import io.sftjob.trainer.chat.jinja.Filters.Filter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that take a text; other values are printed first, as in Jinja2. */
final class StringFilters {
  private static final Pattern WORD = Pattern.compile("[^-\\s({\\[<]+");

  private StringFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("string", (v, a) -> PyRepr.str(v));
    filters.put(
        "trim",
        (v, a) -> PyStrings.strip(PyRepr.str(v), a.atMost(1, "trim").string(0, "chars", null)));
    filters.put("upper", (v, a) -> PyRepr.str(v).toUpperCase(Locale.ROOT));
    filters.put("lower", (v, a) -> PyRepr.str(v).toLowerCase(Locale.ROOT));
    filters.put("capitalize", (v, a) -> PyStrings.capitalize(PyRepr.str(v)));
    filters.put("title", (v, a) -> title(PyRepr.str(v)));
    filters.put("replace", StringFilters::replace);
    filters.put("indent", StringFilters::indent);
    filters.put("safe", (v, a) -> PyRepr.str(v));
    filters.put("wordcount", (v, a) -> (long) PyStrings.split(PyRepr.str(v), null, -1).size());
  }

  /** Unlike the method, it takes an apostrophe as part of a word. */
  private static String title(String text) {
    Matcher words = WORD.matcher(text);
    return words.replaceAll(word -> Matcher.quoteReplacement(PyStrings.capitalize(word.group())));
  }

  private static Object replace(Object value, Arguments arguments) {
    return PyStrings.replace(
        PyRepr.str(value),
        PyRepr.str(arguments.atMost(3, "replace").required(0, "old")),
        PyRepr.str(arguments.required(1, "new")),
        arguments.integer(2, "count", -1));
  }

  private static Object indent(Object value, Arguments arguments) {
    Object width = arguments.atMost(3, "indent").get(0, "width", 4L);
    String indentation = width instanceof String s ? s : (String) Operators.binary("*", " ", width);
    boolean blank = arguments.flag(2, "blank", false);
    List<Object> lines = PyStrings.lines(PyRepr.str(value) + "\n");
    StringBuilder out = new StringBuilder(arguments.flag(1, "first", false) ? indentation : "");
    for (int i = 0; i < lines.size(); i++) {
      String line = (String) lines.get(i);
      Work.requireChars((long) out.length() + indentation.length() + line.length());
      if (i > 0) {
        out.append('\n').append(blank || !line.isEmpty() ? indentation : "");
      }
      out.append(line);
    }
    return out.toString();
  }
}
