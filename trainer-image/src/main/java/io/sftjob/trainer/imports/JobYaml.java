package io.sftjob.trainer.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A draft as YAML: notes as comments on top, and behind each field where it is from. */
final class JobYaml {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Text that YAML reads as text without quotes. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z_]([A-Za-z0-9_./:+-]*[A-Za-z0-9_./-])?");

  private static final Set<String> WORDS =
      Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n");

  private final StringBuilder out = new StringBuilder();
  private final Map<String, String> origins;

  private JobYaml(Map<String, String> origins) {
    this.origins = origins;
  }

  /**
   * @param head comments on top, without their signs
   */
  static String write(List<String> head, String name, Draft draft) {
    var yaml = new JobYaml(draft.origins());
    head.forEach(line -> yaml.out.append(("# " + line).stripTrailing()).append('\n'));
    yaml.out.append("apiVersion: sftjob.io/v1alpha1\nkind: SFTJob\nmetadata:\n  name: ");
    yaml.out.append(text(name)).append("\nspec:\n");
    yaml.block(draft.fields(), "", "  ");
    return yaml.out.toString();
  }

  private void block(Map<?, ?> fields, String path, String indent) {
    fields.forEach(
        (key, value) -> {
          String at = path + key;
          if (value instanceof Map<?, ?> inner && !origins.containsKey(at)) {
            if (!inner.isEmpty()) {
              out.append(indent).append(key).append(":\n");
              block(inner, at + ".", indent + "  ");
            }
          } else {
            out.append(indent).append(key).append(": ").append(flow(value));
            String origin = origins.get(at);
            out.append(origin.isEmpty() ? "" : "  # " + origin).append('\n');
          }
        });
  }

  private static String flow(Object value) {
    return switch (value) {
      case List<?> list ->
          list.stream().map(JobYaml::flow).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> e.getKey() + ": " + flow(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case String string -> text(string);
      default -> value.toString();
    };
  }

  private static String text(String text) {
    if (PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))) {
      return text;
    }
    try {
      // A JSON string is a double-quoted YAML scalar.
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
