package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.run.JobCommand;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that works on a job takes. */
final class JobOptions {
  @Option(
      names = "--spec",
      required = true,
      paramLabel = "FILE",
      description = "An SFTJob in YAML.")
  private Path spec;

  @Mixin private RuntimeOptions options;

  int run(Function<JobCommand, ExitCode> command) {
    return JobProcess.run(spec, options::load, command);
  }
}
