package io.sftjob.trainer.cli;

import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.run.AdaptedModel;
import io.sftjob.trainer.run.LogitsFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sft logits}. */
@Command(
    name = "logits",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Compute the logits of rows of token ids, with or without an adapter.",
      "Writes a safetensors file with a float32 tensor logits.N [length, vocabulary] for row N."
    })
final class LogitsCommand implements Callable<Integer> {
  /** The names that safetensors has for them. */
  enum Dtype {
    F32(ModelDtype.Float32),
    BF16(ModelDtype.BFloat16),
    F16(ModelDtype.Float16);

    private final ModelDtype model;

    Dtype(ModelDtype model) {
      this.model = model;
    }
  }

  @Mixin private ModelOptions model;

  @Option(
      names = "--ids",
      required = true,
      paramLabel = "FILE",
      description = "A JSON list of lists of token ids: [[1, 2, 3], [4, 5]].")
  private Path ids;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "What is written.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      description =
          "Compute in F32, BF16 or F16 (default: F32 if the file holds only float32, else BF16).")
  private Dtype dtype;

  @Override
  public Integer call() {
    return Reported.run(
        () -> {
          try (var loaded =
              AdaptedModel.load(model.choice(dtype == null ? ModelDtype.Auto : dtype.model))) {
            LogitsFile.write(loaded, ids, out);
          }
        });
  }
}
