package io.sftjob.trainer.cli;

import io.sftjob.trainer.run.JobCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
  @Mixin private JobOptions job;

  @Override
  public Integer call() {
    return job.run(JobCommand::train);
  }
}
