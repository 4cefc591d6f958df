package io.sftjob.trainer.run;

import ai.djl.Device;
import com.sun.management.OperatingSystemMXBean;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.torch.Devices;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much memory there is.
 *
 * @param memory of the process
 * @param gpu absent: it computes on the CPU
 */
record MemoryLimits(Limit memory, Optional<Gpu> gpu) {

  /**
   * @param where it is set, for messages
   */
  record Limit(long bytes, String where) {}

  /**
   * @param limit absent: not known here
   */
  record Gpu(Optional<Limit> limit) {
    static Gpu of(Device device) {
      OptionalLong bytes = Devices.memory(device);
      return new Gpu(
          bytes.isPresent()
              ? Optional.of(new Limit(bytes.getAsLong(), "the memory of " + device))
              : Optional.empty());
    }
  }

  /** Of this process on its device. */
  static MemoryLimits ofThisProcess(Device device) {
    return new MemoryLimits(
        process(), device.isGpu() ? Optional.of(Gpu.of(device)) : Optional.empty());
  }

  /**
   * Of the pod that a spec describes, whether or not this machine has its GPU; in a pod, or where
   * the spec has no limit, of this process.
   */
  static MemoryLimits of(RunSettings settings, RuntimeConfig config) {
    var memory =
        config.podUid().isPresent()
            ? process()
            : settings
                .memoryLimit()
                .map(bytes -> new Limit(bytes, "spec.compute.resources.limits.memory"))
                .orElseGet(MemoryLimits::process);
    boolean onGpu =
        config.device().startsWith("cuda") || config.device().equals("auto") && settings.gpus() > 0;
    if (!onGpu) {
      return new MemoryLimits(memory, Optional.empty());
    }
    return new MemoryLimits(
        memory,
        Optional.of(
            Devices.gpus() == 0
                ? new Gpu(Optional.empty())
                : Gpu.of(Devices.select(config.device(), settings.gpus()))));
  }

  /**
   * What the JVM finds in the control groups of version 1 or 2 (memory.max, memory.limit_in_bytes
   * and those above), else the machine's memory; with swap, where it may be used.
   */
  private static Limit process() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Limit(
        system.getTotalMemorySize() + system.getTotalSwapSpaceSize(),
        "the memory of this container, or machine");
  }

  boolean computesOnGpu() {
    return gpu.isPresent();
  }

  /** Where the job computes; empty where it is not known. */
  Optional<Limit> ofComputation() {
    return gpu.isPresent() ? gpu.get().limit() : Optional.of(memory);
  }
}
