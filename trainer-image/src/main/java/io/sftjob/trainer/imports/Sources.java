package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Where rows come from. */
record Sources(Carrier carrier, Places places) {
  private static final Pattern FILE =
      Pattern.compile(".*\\.(jsonl|json|ndjson|csv|tsv|parquet|arrow|feather|txt)(\\.(gz|zst))?");

  /**
   * Where {@code datasets} keeps the files of a split: {@code train.jsonl}, {@code
   * data/train-0.parquet}.
   */
  private static final List<String> SPLIT_FOLDERS = List.of("", "data");

  static boolean isFile(String name) {
    return FILE.matcher(name).matches();
  }

  /**
   * A split of a data set of {@code datasets}: a folder of this machine, or a name on the hub.
   *
   * @return files, or a folder
   */
  static List<String> split(String dataset, String split) {
    if (isFile(dataset)) {
      return List.of(dataset);
    }
    var folder = Path.of(dataset);
    if (!Files.isDirectory(folder)) {
      return List.of(dataset + "/" + split + ".jsonl");
    }
    for (String below : SPLIT_FOLDERS) {
      var inner = folder.resolve(below);
      List<Path> files = files(inner, split);
      if (!files.isEmpty()) {
        return files.stream().map(Path::toString).sorted().toList();
      }
    }
    var inner = folder.resolve(split);
    return List.of(Files.isDirectory(inner) ? inner.toString() : dataset);
  }

  private static List<Path> files(Path folder, String split) {
    var files = new ArrayList<Path>();
    try (var found = Files.newDirectoryStream(folder, split + "*.*")) {
      found.forEach(files::add);
    } catch (IOException e) {
      // No such folder: not where this data set keeps its files.
    }
    return files;
  }

  /**
   * @param field {@code dataset.train} or {@code dataset.eval}
   * @param name of the argument
   * @param files paths or names, one or more
   * @param folder of the claim, for names that are no path of this machine
   */
  void set(String field, String name, List<String> files, String folder) {
    List<String> uris = files.stream().map(file -> uri(name, file, folder)).toList();
    if (uris.size() == 1) {
      carrier.set(name, field + ".uri", uris.getFirst());
    } else {
      carrier.set(name, field + ".sources", uris.stream().map(uri -> Map.of("uri", uri)).toList());
    }
  }

  private String uri(String name, String file, String folder) {
    var place = places.of(file, folder);
    if (place.elsewhere()) {
      carrier
          .draft()
          .note(
              Kind.ToDo,
              "%s %s: put the rows into %s, or write where they are"
                  .formatted(name, file, place.uri()));
    }
    return place.uri();
  }
}
