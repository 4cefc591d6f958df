package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.imports.Import;
import io.sftjob.trainer.imports.Note;
import io.sftjob.trainer.imports.Program;
import io.sftjob.trainer.store.WholeFile;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code sft import}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    customSynopsis = "sft import [OPTIONS] ARGUMENTS…",
    description = {
      "Make an SFTJob of the arguments of TRL's script or of LLaMA-Factory.",
      "ARGUMENTS are all words that are no option of this command: --name value …, as TRL's script takes"
          + " them, --config FILE with them, or a .yaml or .json file and name=value …; a launcher may"
          + " stand before them.",
      "Every argument becomes a field or is named, in comments of the job and on stderr."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sft import --model_name_or_path Qwen/Qwen2.5-0.5B --dataset_name /data/chats --use_peft"
          + " --learning_rate 1e-4",
      "  sft import --out sftjob.yaml llamafactory-cli train qwen3_lora_sft.yaml"
    })
final class ImportCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ImportCommand.class);

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the job there instead of to stdout, whole or not at all.")
  private Path out;

  @Option(
      names = "--strict",
      description =
          "Write nothing, and end with 10, if an argument on which the training depends is left out.")
  private boolean strict;

  @Option(
      names = "--from",
      paramLabel = "PROGRAM",
      description = "${COMPLETION-CANDIDATES}; default: the one that knows more of the arguments.")
  private Program program;

  @Option(
      names = "--claim",
      paramLabel = "NAME",
      defaultValue = "work",
      description =
          "The PersistentVolumeClaim of what is not on this machine (default ${DEFAULT-VALUE}).")
  private String claim;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "metadata.name; default: of the run, of its folder, or of the model.")
  private String name;

  @Unmatched private List<String> words = new ArrayList<>();

  @Override
  public Integer call() {
    return Reported.run(this::write);
  }

  private void write() {
    if (out != null) {
      WholeFile.requireWritable("--out", out);
    }
    var result =
        Import.run(
            new Import.Request(
                Optional.ofNullable(program), words, claim, Optional.ofNullable(name)));
    result.notes().stream()
        .filter(note -> note.kind() != Note.Kind.Moot)
        .forEach(note -> LOG.warn("{}: {}", note.kind(), note.text()));
    if (strict && result.changesTraining()) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "--strict: arguments on which the training depends are left out, see above; remove them, or"
              + " leave out --strict");
    }
    byte[] yaml = result.yaml().getBytes(StandardCharsets.UTF_8);
    if (out == null) {
      new PrintStream(System.out, true, StandardCharsets.UTF_8).print(result.yaml());
    } else {
      WholeFile.write(out, stream -> stream.write(yaml));
    }
  }
}
