package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code sft}. */
@Command(
    name = "sft",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Supervised fine-tuning of language models with LoRA.%n",
    description = {
      "Takes the same SFTJob YAML on a laptop (file:///PATH) and in a pod (pvc://CLAIM/PATH).%n"
    },
    subcommands = {
      TrainCommand.class,
      PrepareCommand.class,
      ImportCommand.class,
      EstimateCommand.class,
      GenerateCommand.class,
      TokenizeCommand.class,
      RenderCommand.class,
      InspectCommand.class,
      LogitsCommand.class,
      MergeCommand.class,
      QuantizeCommand.class
    },
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sft import --out sftjob.yaml llama_factory.yaml",
      "  sft prepare --spec sftjob.yaml",
      "  sft estimate --spec sftjob.yaml",
      "  sft train --spec sftjob.yaml",
      "  sft generate --model model.gguf --adapter out/adapter --prompt \"Define: lighthouse\"",
      "  sft merge --model base --adapter out/adapter --out merged"
    })
public final class Sft implements Runnable {
  @Spec private CommandSpec command;

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    var line = new CommandLine(new Sft());
    line.setUsageHelpWidth(100);
    line.setParameterExceptionHandler(new BadArguments());
    line.getCommandSpec().usageMessage().exitCodeList(exitCodes());
    failsLikeAJob(line);
    line.getSubcommands().values().forEach(Sft::failsLikeAJob);
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(
        command.commandLine(),
        "Missing command: one of " + String.join(", ", command.subcommands().keySet()));
  }

  private static void failsLikeAJob(CommandLine line) {
    line.getCommandSpec()
        .exitCodeOnInvalidInput(ExitCode.InvalidSpec.code())
        .exitCodeOnExecutionException(ExitCode.Internal.code());
  }

  private static LinkedHashMap<String, String> exitCodes() {
    return Arrays.stream(ExitCode.values())
        .collect(
            Collectors.toMap(
                e -> String.valueOf(e.code()), Sft::meaning, (a, b) -> a, LinkedHashMap::new));
  }

  private static String meaning(ExitCode code) {
    return switch (code) {
      case Done -> "done";
      case InvalidSpec -> "the spec or the arguments are invalid";
      case ModelNotUsable -> "the model is missing or can not be used";
      case DataNotUsable -> "the data is missing or can not be used";
      case StorageRefused -> "the storage refused: not found, no permission";
      case OutOfMemory -> "out of memory";
      case StorageUnavailable -> "the storage failed: full, broken";
      case NonFiniteLoss -> "the loss became infinite or not a number";
      case Internal -> "a defect of this program";
      case Preempted -> "asked to stop; a checkpoint is saved, run it again to go on";
    };
  }
}
