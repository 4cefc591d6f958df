package io.sftjob.trainer.run;

import io.sftjob.trainer.estimate.ProcessBytes;
import io.sftjob.trainer.report.ProcessMemory;
import java.lang.management.ManagementFactory;

/** This process before it has a model: PyTorch, the kernels and the tokenizer are loaded. */
final class MeasuredProcess {
  /**
   * Code and buffers of what runs for the first time in a training: PyTorch's operators, the JVM's
   * compiled methods and classes. Measured by bench/estimate on the smallest models.
   */
  private static final long FIRST_RUN = 64L << 20;

  private MeasuredProcess() {}

  static ProcessBytes now() {
    return new ProcessBytes(
        (long) ProcessMemory.anonymousBytes(),
        (long) ProcessMemory.fileBytes(),
        FIRST_RUN + unusedEden());
  }

  /** The Java heap's young generation becomes resident as it is used; all of it is used once. */
  private static long unusedEden() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().contains("Eden"))
        .mapToLong(pool -> pool.getUsage().getCommitted() - pool.getPeakUsage().getUsed())
        .filter(bytes -> bytes > 0)
        .sum();
  }
}
