package io.sftjob.trainer.source;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;

/** Files that can not be read as what they are. */
final class Faults {
  private Faults() {}

  /**
   * @param what goes on from the file's name
   */
  static TrainerException file(DataFile file, String what) {
    return new TrainerException(ExitCode.DataNotUsable, file.path() + " " + what);
  }

  static TrainerException file(DataFile file, String what, Exception cause) {
    return new TrainerException(ExitCode.DataNotUsable, file.path() + " " + what, cause);
  }
}
