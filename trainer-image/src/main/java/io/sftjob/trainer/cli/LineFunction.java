package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.JsonLines;
import io.sftjob.trainer.data.UnusableRowException;
import java.io.InputStream;
import java.io.PrintStream;

/** One line of JSON for one line of JSON. */
@FunctionalInterface
interface LineFunction {
  String apply(byte[] line) throws UnusableRowException;

  /** Answers each line as it comes; the first that can not be used ends it. */
  default void run(InputStream in, PrintStream out) {
    try (var lines = JsonLines.of("stdin", in)) {
      for (var line = lines.next(); line != null; line = lines.next()) {
        out.println(result(line));
        if (out.checkError()) {
          throw new TrainerException(
              ExitCode.StorageUnavailable, "stdout: nobody reads it any more, or it is full");
        }
      }
    }
  }

  private String result(JsonLines.Line line) {
    try {
      return apply(line.bytes());
    } catch (UnusableRowException e) {
      throw new TrainerException(
          ExitCode.DataNotUsable, "stdin: line " + line.number() + " " + e.getMessage(), e);
    }
  }
}
