package io.sftjob.trainer.cli;

import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.quantize.Quantize;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sft quantize}. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Quantize a checkpoint once, in place of at every start of a job.",
      "",
      "Writes bitsandbytes' files, which sft and transformers load. The linears of the layers are",
      "quantized; embedding, norms and head stay as they are. config.json, tokenizer and other files",
      "come along. One tensor is in memory at a time; the folder appears when it is whole."
    })
final class QuantizeCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A folder with config.json and weights.")
  private Path model;

  @Option(
      names = "--mode",
      required = true,
      paramLabel = "MODE",
      description = "${COMPLETION-CANDIDATES}.")
  private QuantizationMode mode;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The quantized checkpoint: a folder that does not exist, or is empty.")
  private Path out;

  @Option(
      names = "--block-size",
      paramLabel = "N",
      description = "Weights that share a scale: 32, 64, ... 4096 (default 64; not for Int8).")
  private Integer blockSize;

  @Option(
      names = "--double-quant",
      description = "Quantize the scales too: 4.13 bits a weight, not 4.5 (not for Int8).")
  private boolean doubleQuant;

  @Mixin private ShardSizeOption maxShard;

  @Mixin private ThreadsOption threads;

  @Override
  public Integer call() {
    return Reported.telling(
        () -> {
          var config = QuantConfig.of(mode, Optional.ofNullable(blockSize), doubleQuant);
          threads.startTorch();
          Quantize.run(new Quantize.Request(model, out, config, maxShard.bytes));
        });
  }
}
