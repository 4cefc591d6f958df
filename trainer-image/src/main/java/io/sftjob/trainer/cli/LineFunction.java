package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.UnusableRowException;
import io.sftjob.trainer.source.Lines;
import java.io.InputStream;
import java.io.PrintStream;

/** One line of JSON for one line of JSON. */
@FunctionalInterface
interface LineFunction {
  String apply(byte[] line) throws UnusableRowException;

  /** Answers each line as it comes; the first that can not be used ends it. */
  default void run(InputStream in, PrintStream out) {
    try (var lines = Lines.of("stdin", in)) {
      for (var line = lines.nextFilled(); line != null; line = lines.nextFilled()) {
        out.println(result(line));
        if (out.checkError()) {
          throw new TrainerException(
              ExitCode.StorageUnavailable, "stdout: nobody reads it any more, or it is full");
        }
      }
    }
  }

  private String result(Lines.Line line) {
    try {
      return apply(line.bytes());
    } catch (UnusableRowException e) {
      throw new TrainerException(
          ExitCode.DataNotUsable, "stdin: line " + line.number() + " " + e.getMessage(), e);
    }
  }
}
