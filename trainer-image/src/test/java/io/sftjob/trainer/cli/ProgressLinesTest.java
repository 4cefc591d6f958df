package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.Phase;
import io.sftjob.trainer.report.Progress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {
  private final AtomicLong seconds = new AtomicLong();
  private final List<String> lines = new ArrayList<>();
  private final Progress progress = new Progress(null, "pod", Clock.systemUTC());

  @Test
  void aLongPhaseSaysHowFarItIsAndHowLongItTook() {
    progress.listen(new ProgressLines(lines::add, () -> seconds.get() * 1_000_000_000L));
    progress.phase(Phase.Load);
    for (int i = 0; i <= 25; i++) {
      progress.phase(Phase.Load, i * 40_000_000L, 1_000_000_000);
      seconds.incrementAndGet();
    }
    progress.phase(Phase.Prepare);
    progress.phase(Phase.Prepare, 500, 1500);
    seconds.addAndGet(12);
    progress.phase(Phase.Prepare, 1000, 1500);
    progress.phase(Phase.Train);
    seconds.addAndGet(100);
    progress.phase(Phase.Train, 1, 2);
    progress.phase(Phase.Save, 0, 1);
    seconds.addAndGet(2);
    progress.phase(Phase.Done);
    assertThat(lines)
        .containsExactly(
            "Load: 400 of 1,000 MB (40 %)",
            "Load: 800 of 1,000 MB (80 %)",
            "Load: done in 26.0 s",
            "Prepare: 1 of 2 kB (66 %)",
            "Prepare: done in 12.0 s",
            "Save: done in 2.0 s");
  }
}
