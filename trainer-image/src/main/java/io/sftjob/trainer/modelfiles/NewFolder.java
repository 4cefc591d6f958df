package io.sftjob.trainer.modelfiles;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.store.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that appears when it is whole: until then its files lie beside it, under a temporary
 * name.
 *
 * @param path that it will have
 * @param unfinished where the files are written
 */
public record NewFolder(Path path, Path unfinished) {
  private static final Logger LOG = LoggerFactory.getLogger(NewFolder.class);

  /**
   * Takes the place for a folder; what an earlier attempt has left there unfinished is removed.
   *
   * @param out {@code --out}: does not exist, or is empty
   * @throws TrainerException if it holds something
   */
  public static NewFolder at(Path out) throws IOException {
    if (Files.exists(out) && !isEmptyFolder(out)) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "--out %s is not empty. Nothing was changed there; choose another folder."
              .formatted(out));
    }
    Path path = out.toAbsolutePath().normalize();
    var folder = new NewFolder(path, path.resolveSibling("." + path.getFileName() + ".unfinished"));
    folder.removeUnfinished();
    Durable.createFolders(folder.unfinished);
    return folder;
  }

  /** Syncs the files and gives the folder its name. */
  public void commit() throws IOException {
    Files.deleteIfExists(path);
    Durable.commit(unfinished, path);
  }

  private static boolean isEmptyFolder(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (var entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    }
  }

  /** Removes what was written. */
  public void discard() throws IOException {
    try (var files = Files.list(unfinished)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(unfinished);
  }

  private void removeUnfinished() throws IOException {
    if (!Files.exists(unfinished)) {
      return;
    }
    LOG.info("Removing {}, which an attempt before this one has not finished", unfinished);
    discard();
  }
}
