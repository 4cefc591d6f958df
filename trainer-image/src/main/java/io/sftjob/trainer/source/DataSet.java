package io.sftjob.trainer.source;

import java.nio.file.Path;
import java.util.List;

/**
 * Where rows come from, in this order.
 *
 * @param sources at least one
 */
public record DataSet(List<Source> sources) {
  public DataSet {
    sources = List.copyOf(sources);
  }

  /**
   * @param field of the spec, for messages
   * @param path a file, a folder, a glob, or a folder that {@code datasets.save_to_disk} wrote
   * @param weight how often each row is seen in an epoch
   */
  public record Source(String field, Path path, double weight) {}

  public static DataSet of(String field, Path path) {
    return new DataSet(List.of(new Source(field, path, 1)));
  }

  /** For messages. */
  @Override
  public String toString() {
    return String.join(", ", sources.stream().map(s -> s.path().toString()).toList());
  }
}
