package io.sftjob.trainer.store;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command is asked to write: it appears whole or not at all. */
public final class WholeFile {
  private WholeFile() {}

  /** Writes a file's content. */
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Finds what {@link #write} would meet.
   *
   * @param option that names the file, for the message
   */
  public static void requireWritable(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw refused(
          "%s: %s is %s; name a file"
              .formatted(option, file, Files.isDirectory(file) ? "a folder" : "no regular file"));
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw refused("%s: the folder %s does not exist: create it".formatted(option, folder));
    }
    Path unfinished = unfinished(file.toAbsolutePath());
    try {
      Files.newOutputStream(unfinished).close();
      Files.delete(unfinished);
    } catch (IOException e) {
      throw refused(
          "%s: user %s can not write into %s (%s). Check its permissions."
              .formatted(option, System.getProperty("user.name"), folder, e));
    }
  }

  private static Path unfinished(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".partial");
  }

  /** Writes or replaces the file. */
  public static void write(Path file, Content content) {
    Path target = file.toAbsolutePath();
    Path unfinished = unfinished(target);
    try {
      try (var out = Files.newOutputStream(unfinished)) {
        content.write(out);
      }
      Durable.sync(unfinished);
      Durable.move(unfinished, target);
    } catch (IOException e) {
      throw StorageFailure.of("Writing " + file, e);
    } finally {
      delete(unfinished);
    }
  }

  private static void delete(Path unfinished) {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      // What stands in the way of the file was told; its rest is hidden and replaced next time.
    }
  }

  private static TrainerException refused(String message) {
    return new TrainerException(ExitCode.StorageRefused, message);
  }
}
