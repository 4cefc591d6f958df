package io.sftjob.trainer.cli;

import io.sftjob.api.progress.Phase;
import java.util.Locale;

/** What a phase's work is counted in. */
record PhaseUnit(String name, long size) {
  /** Loading and preparing count bytes; the others count what they make: steps, rows, files. */
  static PhaseUnit of(Phase phase, long total) {
    if (phase != Phase.Load && phase != Phase.Prepare) {
      return new PhaseUnit("", 1);
    }
    return total < 10_000_000 ? new PhaseUnit(" kB", 1000) : new PhaseUnit(" MB", 1_000_000);
  }

  /** {@code 12 of 1,024 MB (1 %)}. */
  String text(long done, long total) {
    return String.format(
        Locale.ROOT,
        "%,d of %,d%s (%d %%)",
        done / size,
        (total + size - 1) / size,
        name,
        total == 0 ? 100 : 100 * done / total);
  }
}
