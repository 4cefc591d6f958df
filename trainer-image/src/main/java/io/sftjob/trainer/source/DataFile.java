package io.sftjob.trainer.source;

import java.nio.file.Path;

/**
 * A file of rows.
 *
 * @param name for people: short, and no other file's of the data set
 */
public record DataFile(Path path, String name, FileKind kind, Compression compression) {
  DataFile named(String other) {
    return new DataFile(path, other, kind, compression);
  }
}
