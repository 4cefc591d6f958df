package io.sftjob.trainer.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All rows of a data set, for tests. */
final class Rows {
  static final Path FIXTURES = Path.of("src/test/resources/fixtures/data-files");

  private Rows() {}

  /** Each row's origin and its fields as JSON, or what is wrong with it. */
  record Read(String origin, String fields) {}

  static List<Read> of(Path path) {
    return of(DataSet.of("spec.dataset.train.uri", path));
  }

  static List<Read> of(DataSet set) {
    List<Read> rows = new ArrayList<>();
    for (DataFile file : Found.of(set).files()) {
      try (RowSource source = RowSources.open(file)) {
        for (RawRow row = source.next(); row != null; row = source.next()) {
          rows.add(new Read(row.origin().toString(), fields(row)));
        }
      }
    }
    return rows;
  }

  static List<String> fields(Path path) {
    return of(path).stream().map(Read::fields).toList();
  }

  static List<String> origins(Path path) {
    return of(path).stream().map(Read::origin).toList();
  }

  private static String fields(RawRow row) {
    try {
      return row.fields().toString();
    } catch (MalformedRowException e) {
      return e.getMessage();
    }
  }
}
