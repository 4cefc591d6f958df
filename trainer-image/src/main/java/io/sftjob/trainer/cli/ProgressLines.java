package io.sftjob.trainer.cli;

import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What bars show, as lines for a file: how far a long phase is, and how long it took. Training has
 * its own lines, by steps.
 */
final class ProgressLines implements Consumer<ProgressSnapshot> {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private final Consumer<String> out;
  private final LongSupplier nanos;
  private Phase phase;
  private long began;
  private long told;

  /**
   * @param nanos a clock as {@link System#nanoTime}
   */
  ProgressLines(Consumer<String> out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
  }

  @Override
  public synchronized void accept(ProgressSnapshot s) {
    long now = nanos.getAsLong();
    if (s.phase() != phase) {
      ended(now);
      phase = s.phase();
      began = now;
      told = now;
    }
    if (s.phaseTotal() != null
        && isQuiet(phase)
        && s.phaseDone() < s.phaseTotal()
        && now - told >= INTERVAL.toNanos()) {
      out.accept(
          phase + ": " + PhaseUnit.of(phase, s.phaseTotal()).text(s.phaseDone(), s.phaseTotal()));
      told = now;
    }
  }

  private void ended(long now) {
    if (isQuiet(phase)) {
      out.accept(String.format(Locale.ROOT, "%s: done in %.1f s", phase, (now - began) / 1e9));
    }
  }

  /** A phase that would say nothing for long. */
  private static boolean isQuiet(Phase phase) {
    return phase == Phase.Load || phase == Phase.Prepare || phase == Phase.Save;
  }
}
