package io.sftjob.trainer.run;

import io.sftjob.trainer.checkpoint.Evaluations;
import io.sftjob.trainer.checkpoint.SaveRequest;
import io.sftjob.trainer.checkpoint.Saver;
import io.sftjob.trainer.train.EvalResult;
import io.sftjob.trainer.train.TrainingSession;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps, evaluations and checkpoints, up to the last step or until asked to stop. */
final class TrainLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TrainLoop.class);

  private final TrainingSession session;
  private final Saver saver;
  private final RunReport report;
  private final Rhythm rhythm;
  private final StepLog log;
  private Evaluations evaluations;
  private long savedStep;

  /**
   * What happens every how many steps.
   *
   * @param patience evaluations in a row without a new lowest loss that end the training
   * @param savesBest whether a new lowest loss is saved at once
   */
  record Rhythm(int checkpoint, OptionalInt evaluation, OptionalInt patience, boolean savesBest) {
    boolean evaluates(long step) {
      return evaluation.isPresent() && step % evaluation.getAsInt() == 0;
    }

    boolean endsEarly(Evaluations evaluations) {
      return patience.isPresent() && evaluations.sinceBest() >= patience.getAsInt();
    }
  }

  TrainLoop(
      TrainingSession session,
      Saver saver,
      RunReport report,
      Rhythm rhythm,
      StepLog log,
      Evaluations evaluations) {
    this.session = session;
    this.saver = saver;
    this.report = report;
    this.rhythm = rhythm;
    this.log = log;
    this.evaluations = evaluations;
    this.savedStep = session.step();
  }

  /** Returns with the last step's checkpoint committed: true at the end, false if stopped. */
  boolean run(BooleanSupplier stop) {
    // An earlier process may have been stopped between a step and its evaluation.
    if (rhythm.evaluates(session.step()) && session.step() > 0) {
      evaluate(stop);
    }
    while (session.step() < session.totalSteps()) {
      if (rhythm.endsEarly(evaluations)) {
        LOG.info(
            "Stopped early: {} evaluations in a row without a loss below {}",
            evaluations.sinceBest(),
            "%.4f".formatted(evaluations.best()));
        break;
      }
      var step = session.next(stop);
      if (step.isEmpty()) {
        save();
        return false;
      }
      report.step(step.get(), session.totalSteps());
      log.step(step.get(), session.totalSteps());
      saver.check();
      if (rhythm.evaluates(session.step()) && session.step() < session.totalSteps()) {
        evaluate(stop);
      }
      if (session.step() % rhythm.checkpoint == 0
          && savedStep != session.step()
          && session.step() < session.totalSteps()) {
        start();
      }
    }
    evaluate(stop);
    save();
    return true;
  }

  private void evaluate(BooleanSupplier stop) {
    if (evaluations.step() != session.step()) {
      session.evaluate(stop).ifPresent(this::evaluated);
    }
  }

  private void evaluated(EvalResult result) {
    evaluations = evaluations.with(session.step(), result);
    report.evaluated(result);
    log.evaluated(session.step(), session.epoch(), result);
    if (rhythm.savesBest && savedStep != session.step() && evaluations.isBestAt(session.step())) {
      start();
    }
  }

  private void start() {
    saver.start(new SaveRequest(session.snapshot(), evaluations));
    savedStep = session.step();
  }

  private void save() {
    if (savedStep != session.step()) {
      start();
    }
    saver.await();
  }
}
