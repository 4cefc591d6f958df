package io.sftjob.trainer.cli;

import picocli.CommandLine.Option;

/** Where files of a new checkpoint are cut. */
final class ShardSizeOption {
  @Option(
      names = "--max-shard-size",
      paramLabel = "SIZE",
      defaultValue = "5GB",
      converter = ByteSize.class,
      description = "Begin a new file where one would be larger (default ${DEFAULT-VALUE}).")
  long bytes;
}
