package io.sftjob.trainer.store;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** An IO error of storage, told to a person. */
public final class StorageFailure {
  private StorageFailure() {}

  /** Refused (13) where a retry meets the same answer, else unavailable (21). */
  public static TrainerException of(String doing, IOException cause) {
    return refused(cause)
        ? new TrainerException(
            ExitCode.StorageRefused,
            "%s was refused: %s. Check the path and the permissions of the trainer's user."
                .formatted(doing, describe(cause)),
            cause)
        : new TrainerException(
            ExitCode.StorageUnavailable,
            "%s failed: %s. Check the volume's free space and health."
                .formatted(doing, describe(cause)),
            cause);
  }

  private static boolean refused(IOException e) {
    return e instanceof AccessDeniedException
        || e instanceof NoSuchFileException
        || e instanceof NotDirectoryException
        || (e instanceof FileSystemException f
            && String.valueOf(f.getReason()).toLowerCase(Locale.ROOT).contains("read-only"));
  }

  private static String describe(IOException e) {
    return switch (e) {
      case AccessDeniedException a -> "access to " + a.getFile() + " is denied";
      case NoSuchFileException n -> n.getFile() + " does not exist";
      default -> e.getMessage();
    };
  }
}
