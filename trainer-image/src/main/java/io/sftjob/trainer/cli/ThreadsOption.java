package io.sftjob.trainer.cli;

import io.sftjob.trainer.torch.TorchRuntime;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** How many threads compute. */
final class ThreadsOption {
  @Option(names = "--threads", paramLabel = "N", description = "Threads of computation.")
  private Integer threads;

  OptionalInt value() {
    return threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  void startTorch() {
    TorchRuntime.start(value());
  }
}
