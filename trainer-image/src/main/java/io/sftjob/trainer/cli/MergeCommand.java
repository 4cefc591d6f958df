package io.sftjob.trainer.cli;

import io.sftjob.trainer.merge.Merge;
import io.sftjob.trainer.merge.MergeDtype;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sft merge}. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Merge an adapter into its base model: a checkpoint of 16 bits that needs no adapter.",
      "",
      "W + scale * B A is computed in float32 and rounded once. Tensors keep the base's names; its",
      "config.json, tokenizer and other files come along. One tensor is in memory at a time. At the",
      "end, logits are compared with those of base and adapter; the folder appears when they agree."
    })
final class MergeCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The base: a folder with config.json and weights.")
  private Path model;

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "A LoRA adapter in PEFT's files.")
  private Path adapter;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The merged checkpoint: a folder that does not exist, or is empty.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      description =
          "BFloat16 or Float16 (default: what the base's config.json names, else BFloat16).")
  private MergeDtype dtype;

  @Mixin private ShardSizeOption maxShard;

  @Mixin private ThreadsOption threads;

  @Override
  public Integer call() {
    return Reported.telling(
        () -> {
          threads.startTorch();
          Merge.run(
              new Merge.Request(model, adapter, out, Optional.ofNullable(dtype), maxShard.bytes));
        });
  }
}
