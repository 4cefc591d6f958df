package io.sftjob.trainer.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process as Linux counts it: natives, mapped weights and heap together. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  public static double residentBytes() {
    return read("VmRSS:");
  }

  /** Of it, memory that is the process's alone. */
  public static double anonymousBytes() {
    return read("RssAnon:");
  }

  /** Of it, pages of files. */
  public static double fileBytes() {
    return read("RssFile:");
  }

  public static double peakBytes() {
    return read("VmHWM:");
  }

  private static double read(String field) {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(l -> l.startsWith(field))
          .mapToDouble(l -> 1024 * Double.parseDouble(l.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
