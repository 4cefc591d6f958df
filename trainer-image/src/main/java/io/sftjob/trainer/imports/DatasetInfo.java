package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * LLaMA-Factory's {@code dataset_info.json}: what its data sets' names stand for.
 *
 * @param folder {@code dataset_dir}
 * @param entries by name; absent where there is no file
 */
record DatasetInfo(String folder, Optional<Map<String, Object>> entries) {
  private static final String FILE = "dataset_info.json";

  /** Columns by what they hold, and the names that rows have here. */
  private static final Map<String, String> ALPACA =
      Map.of("prompt", "instruction", "query", "input", "response", "output");

  /** What LLaMA-Factory does with such rows. */
  private static final String ALPACA_TO_MESSAGES =
      "jq -c '.[] | {messages: ([(.system // empty | {role: \"system\", content: .})] + [{role:"
          + " \"user\", content: ([.instruction, .input] | map(select(. != null and . != \"\")) |"
          + " join(\"\\n\"))}, {role: \"assistant\", content: .output}])}' FILE.json > FILE.jsonl";

  /**
   * One data set.
   *
   * @param file relative to where LLaMA-Factory runs
   * @param format of {@code dataset.format}, if it is known
   * @param differences what rows of it mean elsewhere and not here
   * @param hints what is to be done with them
   */
  record Entry(
      String file, Optional<String> format, List<String> differences, List<String> hints) {}

  static DatasetInfo find(String folder) {
    var file = Path.of(folder, FILE);
    return new DatasetInfo(
        folder,
        Files.isRegularFile(file) ? Optional.of(ArgumentsFile.read(file)) : Optional.empty());
  }

  Entry entry(String name) {
    if (entries.isEmpty()) {
      return new Entry(
          "%s/%s.jsonl".formatted(folder, name),
          Optional.empty(),
          List.of(),
          List.of(
              "no %s in %s, so its file and its format are not known; rows of instruction and output"
                      .formatted(FILE, folder)
                  + " are to become messages first: "
                  + ALPACA_TO_MESSAGES));
    }
    if (!(entries.get().get(name) instanceof Map<?, ?> entry)) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "dataset '%s' is not in %s; known: %s"
              .formatted(name, Path.of(folder, FILE), String.join(", ", entries.get().keySet())));
    }
    return entry(name, entry);
  }

  private Entry entry(String name, Map<?, ?> entry) {
    var differences = new ArrayList<String>();
    var hints = new ArrayList<String>();
    String formatting = text(entry, "formatting", "alpaca");
    var tags = map(entry.get("tags"));
    var columns = map(entry.get("columns"));
    for (String key : List.of("ranking", "subset", "split", "folder", "num_samples")) {
      Object value = entry.get(key);
      if (value != null && !Boolean.FALSE.equals(value) && !"train".equals(value)) {
        differences.add(
            "%s %s: a job reads the whole file".formatted(key, Values.text(Values.plain(value))));
      }
    }
    String file = file(name, entry, hints);
    Optional<String> format =
        switch (formatting) {
          case "sharegpt" -> conversations(tags, columns, differences);
          case "openai" -> {
            require(columns, "messages", "messages", differences);
            yield Optional.of("Messages");
          }
          default -> {
            alpaca(columns, differences, hints);
            yield Optional.empty();
          }
        };
    return new Entry(file, format, differences, hints);
  }

  private String file(String name, Map<?, ?> entry, List<String> hints) {
    if (entry.get("file_name") instanceof String file) {
      return folder + "/" + file;
    }
    for (String hub :
        List.of("hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name")) {
      if (entry.get(hub) instanceof String place) {
        hints.add("%s %s: download its rows".formatted(hub, place));
        break;
      }
    }
    return "%s/%s.jsonl".formatted(folder, name);
  }

  private static Optional<String> conversations(
      Map<?, ?> tags, Map<?, ?> columns, List<String> differences) {
    String role = text(tags, "role_tag", "from");
    String content = text(tags, "content_tag", "value");
    if (role.equals("role") && content.equals("content")) {
      require(columns, "messages", "messages", differences);
      return Optional.of("Messages");
    }
    if (role.equals("from") && content.equals("value")) {
      require(columns, "messages", "conversations", differences);
    } else {
      differences.add(
          "tags %s and %s: rename them to from and value, or to role and content"
              .formatted(role, content));
    }
    return Optional.of("ShareGpt");
  }

  private static void alpaca(Map<?, ?> columns, List<String> differences, List<String> hints) {
    ALPACA.forEach((what, here) -> require(columns, what, here, differences));
    if (columns.get("history") != null) {
      differences.add("column history: put earlier turns into messages");
    }
    hints.add(
        "LLaMA-Factory writes instruction and output as a chat; the format Instruction here is Alpaca's"
            + " prompt. For the same text make messages of them: "
            + ALPACA_TO_MESSAGES);
  }

  /** A column by another name than rows have here. */
  private static void require(
      Map<?, ?> columns, String what, String here, List<String> differences) {
    Object column = columns.get(what);
    if (column != null && !column.equals(here)) {
      differences.add("column %s: rename it to %s".formatted(column, here));
    }
  }

  private static Map<?, ?> map(Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String text(Map<?, ?> map, String key, String fallback) {
    return map.get(key) instanceof String text ? text : fallback;
  }
}
