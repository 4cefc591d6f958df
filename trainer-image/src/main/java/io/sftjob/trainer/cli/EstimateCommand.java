package io.sftjob.trainer.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sft estimate}. */
@Command(
    name = "estimate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Tell how much memory the training of a job takes, and whether it fits.",
      "Reads the headers of the model's files, and the data. The limit is the spec's",
      "(compute.resources.limits.memory), else this machine's; in a pod, the pod's. A job that can",
      "not fit is refused with 10, as train does."
    })
final class EstimateCommand implements Callable<Integer> {
  @Mixin private JobOptions job;

  @Override
  public Integer call() {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    return job.run(command -> command.estimate(out::println));
  }
}
