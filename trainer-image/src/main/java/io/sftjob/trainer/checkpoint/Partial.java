package io.sftjob.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders and files under the temporary names that they are written under. */
final class Partial {
  private static final Logger LOG = LoggerFactory.getLogger(Partial.class);
  private static final String SUFFIX = ".partial";

  private Partial() {}

  /** The attempt keeps a process that was fenced from writing into its successor's folder. */
  static Path of(Path folder, Owner owner) {
    return folder.resolveSibling(
        ".%s.%d%s".formatted(folder.getFileName(), owner.attempt(), SUFFIX));
  }

  /**
   * Removes from a folder what processes that were killed while writing have left. One that was
   * taken over may still be at it: what can not be removed now does no harm.
   */
  static void removeFrom(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        if (entry.getFileName().toString().endsWith(SUFFIX)) {
          tryToRemove(entry);
        }
      }
    }
  }

  private static void tryToRemove(Path entry) {
    try {
      remove(entry);
    } catch (IOException e) {
      LOG.info("{} is left: {}", entry, e.toString());
    }
  }

  /** Removes a folder that is done with: it loses its name first, however far the removal comes. */
  static void discard(Path folder) throws IOException {
    Path nameless = folder.resolveSibling(".%s.old%s".formatted(folder.getFileName(), SUFFIX));
    remove(nameless);
    Files.move(folder, nameless, StandardCopyOption.ATOMIC_MOVE);
    remove(nameless);
  }

  /** Removes a file, or a folder and what is in it, if it is there. */
  static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (var entries = Files.list(path)) {
        for (Path entry : entries.toList()) {
          remove(entry);
        }
      } catch (NoSuchFileException gone) {
        return;
      }
    }
    Files.deleteIfExists(path);
  }
}
