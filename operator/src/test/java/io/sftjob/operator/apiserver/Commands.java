package io.sftjob.operator.apiserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the programs that `make cluster` builds. */
final class Commands {
  private Commands() {}

  /** The output of a program; fails with it if the program fails. */
  static String run(Path program, List<String> arguments) {
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(
          "There is no " + program.toAbsolutePath().normalize() + ": run `make cluster` first.");
    }
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) throw new IllegalStateException(command + "\n" + output);
      return output;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
