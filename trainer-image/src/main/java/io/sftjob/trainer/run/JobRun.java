package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Phase;
import io.sftjob.trainer.checkpoint.CheckpointWriter;
import io.sftjob.trainer.checkpoint.CheckpointWriter.RunFacts;
import io.sftjob.trainer.checkpoint.Checkpoints;
import io.sftjob.trainer.checkpoint.FinalAdapter;
import io.sftjob.trainer.checkpoint.OpenedOutput;
import io.sftjob.trainer.checkpoint.Saver;
import io.sftjob.trainer.checkpoint.TrainingIdentity;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.train.TrainState;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The phases of one job. */
final class JobRun {
  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

  private final RunSettings settings;
  private final Parts parts;
  private final RunReport report;
  private final BooleanSupplier stop;

  JobRun(RunSettings settings, Parts parts, RunReport report, BooleanSupplier stop) {
    this.settings = settings;
    this.parts = parts;
    this.report = report;
    this.stop = stop;
  }

  /**
   * Trains to the end, or until asked to stop; then the newest checkpoint holds all that was done.
   *
   * @param opened what an earlier process has left
   * @param logSteps a log line every so many steps
   */
  ExitCode train(OpenedOutput opened, int logSteps) {
    if (opened.finished().isPresent()) {
      return alreadyDone(opened, opened.finished().get());
    }
    report.phase(Phase.Load);
    parts.load();
    Prepared data = prepare();
    if (stop.getAsBoolean()) {
      LOG.info("Stopped before the first step");
      return ExitCode.Preempted;
    }
    Optional<FinalAdapter> adapter = train(opened, data, logSteps);
    if (adapter.isEmpty()) {
      LOG.info("Stopped; run it again to go on from the newest checkpoint");
      return ExitCode.Preempted;
    }
    report.adapter(adapter.get());
    report.phase(Phase.Done);
    LOG.info("The adapter is in {}", adapter.get().folder());
    return ExitCode.Done;
  }

  Prepared prepare() {
    report.phase(Phase.Prepare);
    Prepared data = parts.prepare();
    report.prepared(data.ledger());
    return data;
  }

  private ExitCode alreadyDone(OpenedOutput opened, FinalAdapter adapter) {
    LOG.info("Already done: the adapter is in {}", adapter.folder());
    report.alreadyDone(adapter, opened.newest().map(Resume::state));
    return ExitCode.Done;
  }

  /** Empty if stopped. */
  private Optional<FinalAdapter> train(OpenedOutput opened, Prepared data, int logSteps) {
    String dataSha256 = data.sha256();
    var facts =
        new RunFacts(
            TrainingIdentity.of(settings.identity()), dataSha256, Ledgers.counters(data.ledger()));
    var spec = settings.spec();
    var writer =
        new CheckpointWriter(
            opened.output(),
            opened.ownership(),
            facts,
            parts.tensorFiles(),
            spec.keepLast(),
            Clock.systemUTC());
    Optional<TrainState> resume =
        opened.newest().map(c -> Resume.read(c, dataSha256, parts.tensorFiles()));
    Double evalLoss = opened.newest().map(c -> c.manifest().evalLoss()).orElse(null);
    var rhythm =
        new TrainLoop.Rhythm(
            spec.checkpointEverySteps(),
            spec.evalSteps() == null ? OptionalInt.empty() : OptionalInt.of(spec.evalSteps()),
            logSteps);
    try (var session = parts.session(data, resume);
        var saver = new Saver(writer, report::checkpoint)) {
      report.trains(session.step(), session.totalSteps(), resume, evalLoss);
      if (!new TrainLoop(session, saver, report, rhythm, evalLoss).run(stop)) {
        return Optional.empty();
      }
      report.phase(Phase.Save);
      Checkpoints.Found last = saver.last().or(opened::newest).orElseThrow();
      return Optional.of(FinalAdapter.write(opened.output(), opened.ownership(), last));
    }
  }
}
