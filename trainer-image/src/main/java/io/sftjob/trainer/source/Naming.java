package io.sftjob.trainer.source;

import java.nio.file.Path;
import java.util.Optional;

/** What a file is: by its extension, and where that says nothing, by its first bytes. */
final class Naming {
  private Naming() {}

  static Optional<DataFile> byName(Path file) {
    String name = file.getFileName().toString();
    Compression compression = Compression.of(name);
    String plain = compression.strip(name);
    Optional<FileKind> kind =
        plain.endsWith(FileKind.JSON)
            ? Optional.of(json(file, compression))
            : FileKind.byExtension(plain);
    return kind.map(k -> of(file, k, compression));
  }

  static Optional<DataFile> file(Path file) {
    Optional<DataFile> named = byName(file);
    return named.isPresent() ? named : byContent(file);
  }

  private static Optional<DataFile> byContent(Path file) {
    Compression compression = Magic.compression(FileInput.head(file, Compression.None));
    return Magic.kind(FileInput.head(file, compression)).map(kind -> of(file, kind, compression));
  }

  /**
   * Both forms go by this name; a file of one object is a line of JSON Lines, perhaps a long one.
   */
  private static FileKind json(Path file, Compression compression) {
    return Magic.json(FileInput.head(file, compression)).orElse(FileKind.JsonLines);
  }

  private static DataFile of(Path file, FileKind kind, Compression compression) {
    var data = new DataFile(file, file.getFileName().toString(), kind, compression);
    if (kind == FileKind.Parquet && compression != Compression.None) {
      throw Faults.file(
          data, "is read from its end, so it must not be compressed as a whole: decompress it");
    }
    return data;
  }
}
