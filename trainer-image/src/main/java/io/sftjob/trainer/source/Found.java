package io.sftjob.trainer.source;

import io.sftjob.trainer.source.DataSet.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A data set's files, each source's in the order in which they are read.
 *
 * @param notes sentences for people
 */
public record Found(List<Part> parts, List<String> notes) {
  public Found {
    parts = List.copyOf(parts);
    notes = List.copyOf(notes);
  }

  /** One source's files; at least one. */
  public record Part(List<DataFile> files, double weight) {
    public Part {
      files = List.copyOf(files);
    }

    /** On the disk. */
    public long bytes() {
      return files.stream().mapToLong(file -> FileInput.size(file.path())).sum();
    }
  }

  /**
   * Looks what is there, and at the first bytes of files whose names leave open what they are.
   *
   * @throws io.sftjob.trainer.TrainerException if there is nothing, or not only one kind of file
   */
  public static Found of(DataSet set) {
    List<String> notes = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    for (Source source : set.sources()) {
      parts.add(new Part(new Finder(source, notes).files(), source.weight()));
    }
    return new Found(named(parts), notes);
  }

  public List<DataFile> files() {
    return parts.stream().flatMap(part -> part.files().stream()).toList();
  }

  /** Names from where the paths of all files part. */
  private static List<Part> named(List<Part> parts) {
    List<Path> folders =
        parts.stream()
            .flatMap(part -> part.files().stream())
            .map(file -> file.path().toAbsolutePath().getParent())
            .distinct()
            .toList();
    Path common = folders.getFirst();
    for (Path folder : folders) {
      while (!folder.startsWith(common)) {
        common = common.getParent();
      }
    }
    Path root = common;
    return parts.stream()
        .map(
            part ->
                new Part(
                    part.files().stream()
                        .map(f -> f.named(root.relativize(f.path().toAbsolutePath()).toString()))
                        .toList(),
                    part.weight()))
        .toList();
  }
}
