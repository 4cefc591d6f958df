package io.sftjob.trainer.cli;

import io.sftjob.trainer.inspect.Inspect;
import io.sftjob.trainer.run.Inputs;
import io.sftjob.trainer.torch.TorchRuntime;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sft inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Tell what a checkpoint is, from its headers.",
      "Family, sizes, positions, head, stored dtypes, LoRA targets, tokenizer and chat format. What",
      "training would refuse is refused."
    })
final class InspectCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "A folder with config.json and weights, or a .gguf file.")
  private Path model;

  @Option(names = "--tensors", description = "List every tensor too: name, stored dtype, shape.")
  private boolean tensors;

  @Override
  public Integer call() {
    return Reported.run(
        () -> {
          Inputs.requireModel(model);
          TorchRuntime.start(OptionalInt.empty());
          var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
          Inspect.lines(model, tensors).forEach(out::println);
        });
  }
}
