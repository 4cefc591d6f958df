package io.sftjob.trainer.cli;

import io.sftjob.trainer.run.JobCommand;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sft train}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Train the adapter of a job.",
      "Goes on from the newest checkpoint in the output. SIGTERM saves one and exits with 75."
    })
final class TrainCommand implements Callable<Integer> {
  @Option(
      names = "--spec",
      required = true,
      paramLabel = "FILE",
      description = "An SFTJob in YAML.")
  private Path spec;

  @Mixin private RuntimeOptions options;

  @Override
  public Integer call() {
    return JobProcess.run(spec, options::load, JobCommand::train);
  }
}
