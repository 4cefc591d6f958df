package io.sftjob.trainer.report;

import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.trainer.report.RunState.PhaseProgress;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The one place where the state of a run is held. Any thread may read or change it. */
public final class Progress {
  private final Clock clock;
  private final List<Consumer<ProgressSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private RunState state;
  private volatile ProgressSnapshot snapshot;

  public Progress(String jobUid, String podUid, Clock clock) {
    this.clock = clock;
    this.state = RunState.starting(jobUid, podUid);
    this.snapshot = state.snapshot(0, clock.instant().truncatedTo(ChronoUnit.MILLIS));
  }

  public ProgressSnapshot snapshot() {
    return snapshot;
  }

  /** Hears of every change, on the thread that made it. */
  public void listen(Consumer<ProgressSnapshot> listener) {
    listeners.add(listener);
  }

  /** Replaces the state by what {@code change} makes of it, under the next sequence number. */
  public synchronized void change(UnaryOperator<RunState> change) {
    state = change.apply(state);
    snapshot = state.snapshot(snapshot.seq() + 1, clock.instant().truncatedTo(ChronoUnit.MILLIS));
    listeners.forEach(l -> l.accept(snapshot));
  }

  public void phase(Phase phase) {
    change(s -> s.with(new PhaseProgress(phase, null, null)));
  }

  public void phase(Phase phase, long done, long total) {
    change(s -> s.with(new PhaseProgress(phase, done, total)));
  }
}
