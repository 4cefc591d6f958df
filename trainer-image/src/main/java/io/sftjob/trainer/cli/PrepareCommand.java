package io.sftjob.trainer.cli;

import io.sftjob.trainer.run.JobCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sft prepare}. */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Read, tokenize and pack the data of a job, and train nothing.",
      "Prints the token ledger and the first rows with their targets marked."
    })
final class PrepareCommand implements Callable<Integer> {
  @Mixin private JobOptions job;

  @Override
  public Integer call() {
    return job.run(JobCommand::prepare);
  }
}
