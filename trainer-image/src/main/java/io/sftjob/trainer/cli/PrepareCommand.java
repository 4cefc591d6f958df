package io.sftjob.trainer.cli;

import io.sftjob.trainer.run.JobCommand;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  @Option(
      names = "--spec",
      required = true,
      paramLabel = "FILE",
      description = "An SFTJob in YAML.")
  private Path spec;

  @Mixin private RuntimeOptions options;

  @Override
  public Integer call() {
    return JobProcess.run(spec, options::load, JobCommand::prepare);
  }
}
