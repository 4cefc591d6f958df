package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.run.JobCommand;
import io.sftjob.trainer.run.PackFiles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sft prepare}. */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Read, tokenize and pack the data of a job, and train nothing.",
      "Prints the token ledger and the first rows with their targets marked."
    })
final class PrepareCommand implements Callable<Integer> {
  /** Where the rows go; the first is needed for the second. */
  private static final class Packs {
    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = {
          "Write the packed training rows there, whole or not at all, one in each line:",
          "{\"input_ids\": […], \"labels\": […], \"position_ids\": […], \"segment_ids\": […]};"
              + " a label is the token itself where it is a target, else -100."
        })
    private Path train;

    @Option(
        names = "--eval-out",
        paramLabel = "FILE",
        description = "Write the packed evaluation rows there.")
    private Path eval;

    PackFiles files() {
      return new PackFiles(train, Optional.ofNullable(eval));
    }
  }

  @ArgGroup(exclusive = false)
  private Packs packs;

  @Mixin private JobOptions job;

  @Override
  public Integer call() {
    return job.run(this::prepare);
  }

  private ExitCode prepare(JobCommand command) {
    return command.prepare(Optional.ofNullable(packs).map(Packs::files));
  }
}
