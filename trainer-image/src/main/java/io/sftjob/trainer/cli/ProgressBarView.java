package io.sftjob.trainer.cli;

import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import java.time.Duration;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar for each phase whose length is known. */
final class ProgressBarView implements Consumer<ProgressSnapshot>, AutoCloseable {
  private Phase phase;
  private ProgressBar bar;

  @Override
  public synchronized void accept(ProgressSnapshot s) {
    if (s.phase() != phase) {
      close();
      phase = s.phase();
    }
    if (s.phaseTotal() == null) {
      return;
    }
    if (bar == null) {
      bar = bar(s);
    }
    bar.maxHint(s.phaseTotal());
    bar.stepTo(s.phaseDone());
    if (s.phase() == Phase.Train && s.loss() != null) {
      bar.setExtraMessage(" loss %.4f, %.0f tokens/s".formatted(s.loss(), s.tokensPerSecond()));
    }
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private static ProgressBar bar(ProgressSnapshot s) {
    var unit = PhaseUnit.of(s.phase(), s.phaseTotal());
    return new ProgressBarBuilder()
        .setTaskName(s.phase().name())
        .setInitialMax(s.phaseTotal())
        .startsFrom(s.phaseDone(), Duration.ZERO)
        // Neither has a colour, whatever NO_COLOR says.
        .setStyle(Terminal.hasBlocks() ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
        .setUnit(unit.name(), unit.size())
        .setUpdateIntervalMillis(200)
        // One line that log lines can wipe, and not a block that moves over them.
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .build();
  }
}
