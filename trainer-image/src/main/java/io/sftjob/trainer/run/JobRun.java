package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Phase;
import io.sftjob.trainer.checkpoint.CheckpointWriter;
import io.sftjob.trainer.checkpoint.CheckpointWriter.RunFacts;
import io.sftjob.trainer.checkpoint.Checkpoints;
import io.sftjob.trainer.checkpoint.Evaluations;
import io.sftjob.trainer.checkpoint.FinalAdapter;
import io.sftjob.trainer.checkpoint.OpenedOutput;
import io.sftjob.trainer.checkpoint.Retention;
import io.sftjob.trainer.checkpoint.Saver;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.train.TrainState;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
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
   * @param config of the machine
   */
  ExitCode train(OpenedOutput opened, RuntimeConfig config) {
    if (opened.finished().isPresent()) {
      return alreadyDone(opened, opened.finished().get());
    }
    report.phase(Phase.Load);
    parts.loadModel();
    PreparedData data = prepare(opened.ownership().owner().begun());
    if (stop.getAsBoolean()) {
      LOG.info("Stopped before the first step");
      return ExitCode.Preempted;
    }
    Optional<FinalAdapter> adapter = train(opened, data, config);
    if (adapter.isEmpty()) {
      LOG.info("Stopped; run it again to go on from the newest checkpoint");
      return ExitCode.Preempted;
    }
    report.adapter(adapter.get());
    report.phase(Phase.Done);
    LOG.info("The adapter is in {}", adapter.get().folder());
    return ExitCode.Done;
  }

  /**
   * @param begun when the job's first process began, RFC 3339: what templates take for now, so that
   *     a resumed run sees the same tokens
   */
  PreparedData prepare(String begun) {
    report.phase(Phase.Prepare);
    var time = LocalDateTime.ofInstant(Instant.parse(begun), ZoneOffset.UTC);
    PreparedData data = parts.prepare(time);
    report.prepared(Ledgers.data(data));
    data.detection().notes().forEach(LOG::info);
    data.report().forEach(LOG::info);
    LOG.info(
        "The first rows; targets stand between {} and {}:",
        PreparedData.TARGET_BEGIN,
        PreparedData.TARGET_END);
    data.preview().forEach(LOG::info);
    return data;
  }

  private ExitCode alreadyDone(OpenedOutput opened, FinalAdapter adapter) {
    LOG.info("Already done: the adapter is in {}", adapter.folder());
    report.alreadyDone(adapter, opened.newest().map(Resume::state));
    return ExitCode.Done;
  }

  /** Empty if stopped. */
  private Optional<FinalAdapter> train(
      OpenedOutput opened, PreparedData data, RuntimeConfig config) {
    Optional<TrainState> resume =
        opened.newest().map(c -> Resume.read(c, data.fingerprint(), parts.tensorFiles()));
    var evaluations =
        opened
            .newest()
            .flatMap(c -> Optional.ofNullable(Resume.state(c).evaluations()))
            .orElse(Evaluations.NONE);
    try (var session = parts.session(data, resume);
        var trail =
            RunTrail.begin(
                opened,
                TrailSetup.of(settings, opened, data, session.totalSteps(), config),
                resume,
                evaluations);
        var saver = new Saver(writer(opened, data, trail), report::checkpoints)) {
      report.trains(session.totalSteps(), resume, evaluations);
      var log = new StepLog(config.logSteps(), settings.spec().maxLength(), trail);
      var loop = new TrainLoop(session, saver, report, rhythm(), log, evaluations);
      return trail.through(
          () -> loop.run(stop) ? Optional.of(adapter(opened, saver, trail)) : Optional.empty());
    }
  }

  private FinalAdapter adapter(OpenedOutput opened, Saver saver, RunTrail trail) {
    report.saves(0, 1);
    Checkpoints.Found last = saver.last().or(opened::newest).orElseThrow();
    var adapter =
        FinalAdapter.write(opened.output(), opened.ownership(), last, trail.besideAdapter());
    report.saves(1, 1);
    return adapter;
  }

  private CheckpointWriter writer(OpenedOutput opened, PreparedData data, RunTrail trail) {
    var counted = Ledgers.data(data);
    var facts =
        new RunFacts(
            opened.identity(),
            Fingerprints.map(data.fingerprint()),
            Ledgers.counters(counted),
            counted.fill());
    var spec = settings.spec();
    return new CheckpointWriter(
        opened.output(),
        opened.ownership(),
        facts,
        new TrailedFiles(parts.tensorFiles(), trail),
        new Retention(spec.keepLast(), spec.keepBest() == null ? 0 : spec.keepBest()),
        Clock.systemUTC());
  }

  private TrainLoop.Rhythm rhythm() {
    var spec = settings.spec();
    return new TrainLoop.Rhythm(
        spec.checkpointEverySteps(),
        spec.evalSteps() == null ? OptionalInt.empty() : OptionalInt.of(spec.evalSteps()),
        spec.earlyStoppingPatience() == null
            ? OptionalInt.empty()
            : OptionalInt.of(spec.earlyStoppingPatience()),
        spec.keepBest() != null);
  }
}
