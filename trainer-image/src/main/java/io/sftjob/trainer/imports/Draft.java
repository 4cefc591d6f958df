package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A job in the making: its fields, where each is from, and what else is to be told. */
final class Draft {
  private final Map<String, Object> fields = new LinkedHashMap<>();
  private final Map<String, String> origins = new LinkedHashMap<>();
  private final List<Note> notes = new ArrayList<>();

  Draft() {
    // The order of the parts is the API's, whatever is known first.
    for (String part :
        List.of("model", "dataset", "packing", "lora", "training", "checkpoint", "output")) {
      fields.put(part, new LinkedHashMap<String, Object>());
    }
  }

  /**
   * @param path in the spec, such as {@code training.learningRate}
   * @param origin a few words; empty for none
   */
  void set(String path, Object value, String origin) {
    var names = path.split("\\.");
    Map<String, Object> at = fields;
    for (int i = 0; i < names.length - 1; i++) {
      at = child(at, names[i]);
    }
    at.put(names[names.length - 1], value);
    origins.put(path, origin);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> child(Map<String, Object> map, String name) {
    return (Map<String, Object>)
        map.computeIfAbsent(name, k -> new LinkedHashMap<String, Object>());
  }

  boolean has(String path) {
    return origins.containsKey(path);
  }

  void note(Kind kind, String text) {
    notes.add(new Note(kind, text));
  }

  /** Maps of fields, lists and scalars; an empty part may be among them. */
  Map<String, Object> fields() {
    return Collections.unmodifiableMap(fields);
  }

  Map<String, String> origins() {
    return Collections.unmodifiableMap(origins);
  }

  List<Note> notes() {
    return List.copyOf(notes);
  }
}
