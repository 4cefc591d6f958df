package io.sftjob.trainer.source;

import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of files that rows are read from. */
public enum FileKind {
  JsonLines("JSON Lines", ".jsonl", ".ndjson"),
  JsonArray("a JSON array"),
  Csv("CSV", ".csv"),
  Tsv("tab-separated values", ".tsv"),
  Text("plain text", ".txt"),
  Parquet("Parquet", ".parquet"),
  /** Arrow's IPC file, or its stream. */
  Arrow("Arrow IPC", ".arrow", ".feather");

  /** May be JSON Lines or an array. */
  static final String JSON = ".json";

  static final String EXTENSIONS =
      ".jsonl, .json, .csv, .tsv, .txt, .parquet or .arrow, and behind it perhaps .gz or .zst";

  private final String words;
  private final String[] extensions;

  FileKind(String words, String... extensions) {
    this.words = words;
    this.extensions = extensions;
  }

  /**
   * @param name without what says that it is compressed
   */
  static Optional<FileKind> byExtension(String name) {
    return Stream.of(values())
        .filter(kind -> Stream.of(kind.extensions).anyMatch(name::endsWith))
        .findFirst();
  }

  /** For messages. */
  public String words() {
    return words;
  }
}
