package io.sftjob.trainer.source;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.DataSet.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of one source.
 *
 * @param notes gets what was left out
 */
record Finder(Source source, List<String> notes) {
  private static final int SHOWN = 5;

  List<DataFile> files() {
    Path path = source.path();
    if (Files.isDirectory(path)) {
      return SavedToDisk.at(path) ? SavedToDisk.files(source) : folder(path);
    }
    if (Files.exists(path)) {
      return List.of(Naming.file(path).orElseThrow(() -> unknown(path)));
    }
    if (Glob.is(path)) {
      return glob(path);
    }
    throw refused(
        path
            + " does not exist. Check the path, and that the claim holds it; for several files write"
            + " a folder, or a pattern with * in it");
  }

  private List<DataFile> folder(Path folder) {
    List<Path> all = list(folder);
    List<Path> files = all.stream().filter(Files::isRegularFile).filter(Finder::isShown).toList();
    List<DataFile> found = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (Path file : files) {
      // Beside rows, folders hold texts about them: only what a name says is taken.
      Naming.byName(file).ifPresentOrElse(found::add, () -> others.add(name(file)));
    }
    if (found.isEmpty()) {
      throw refused(
          "%s holds no data file (%s)%s%s"
              .formatted(
                  folder,
                  FileKind.EXTENSIONS,
                  others.isEmpty() ? "" : "; it holds " + shown(others),
                  folders(all)));
    }
    if (!others.isEmpty()) {
      notes.add("%s: not read, by their names no rows: %s".formatted(folder, shown(others)));
    }
    return ofOneKind(found, folder);
  }

  private static String folders(List<Path> all) {
    List<String> names =
        all.stream().filter(Files::isDirectory).filter(Finder::isShown).map(Finder::name).toList();
    return names.isEmpty()
        ? ""
        : "; its folders are not searched: %s (write one of them, or a pattern such as %s/*.parquet)"
            .formatted(shown(names), names.getFirst());
  }

  private List<DataFile> glob(Path pattern) {
    List<Path> matches = Glob.matches(pattern);
    if (matches.isEmpty()) {
      throw refused("no file matches %s; looked in %s".formatted(pattern, Glob.root(pattern)));
    }
    return ofOneKind(
        matches.stream().map(f -> Naming.file(f).orElseThrow(() -> unknown(f))).toList(), pattern);
  }

  /** Rows of a CSV file and of its twin in JSON Lines would both be read. */
  private List<DataFile> ofOneKind(List<DataFile> files, Path where) {
    Map<FileKind, String> kinds = new EnumMap<>(FileKind.class);
    files.forEach(file -> kinds.putIfAbsent(file.kind(), name(file.path())));
    if (kinds.size() > 1) {
      throw refused(
          "%s holds files of %d kinds: %s. Name one kind by a pattern such as %s/*.jsonl, or each in dataset.train.sources"
              .formatted(
                  where,
                  kinds.size(),
                  String.join(
                      ", ",
                      kinds.entrySet().stream()
                          .map(e -> e.getValue() + " (" + e.getKey().words() + ")")
                          .toList()),
                  Files.isDirectory(where) ? where : where.getParent()));
    }
    return files;
  }

  private TrainerException unknown(Path file) {
    return refused(
        "%s: neither its name nor its first bytes say what it is. Name it %s"
            .formatted(file, FileKind.EXTENSIONS));
  }

  private TrainerException refused(String why) {
    return new TrainerException(ExitCode.DataNotUsable, source.field() + ": " + why);
  }

  private List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted(Comparator.comparing(Finder::name)).toList();
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused,
          "%s: %s can not be listed: %s".formatted(source.field(), folder, e),
          e);
    }
  }

  private static boolean isShown(Path file) {
    return !name(file).startsWith(".") && !name(file).startsWith("_");
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static String shown(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
        + (names.size() > SHOWN ? " and %d more".formatted(names.size() - SHOWN) : "");
  }
}
