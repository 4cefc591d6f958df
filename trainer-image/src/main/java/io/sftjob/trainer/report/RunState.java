package io.sftjob.trainer.report;

import io.sftjob.api.progress.Outcome;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.progress.ProgressSnapshot.SavedArtifact;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.api.v1alpha1.MemoryEstimateStatus;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.api.v1alpha1.TokenLedger;
import java.time.Instant;
import java.util.List;

/** Everything that is reported of a run, in the groups in which it changes. Immutable. */
public record RunState(
    Writer writer,
    PhaseProgress phase,
    Data data,
    Training training,
    Evaluation evaluation,
    Results results,
    Ending ending) {

  /** How many of the newest checkpoints are reported. */
  static final int REPORTED_CHECKPOINTS = 10;

  /** The process that reports. */
  public record Writer(String jobUid, String podUid, int attempt) {}

  /** Work done in a phase, in the phase's own unit; null where it is not known. */
  public record PhaseProgress(Phase phase, Long done, Long total) {}

  /**
   * Where the data went; null before it is prepared.
   *
   * @param evaluation null where nothing is evaluated
   * @param fill tokens in the packed training rows, as a part of what these could hold
   */
  public record Data(TokenLedger training, TokenLedger evaluation, Double fill) {
    static final Data NONE = new Data(null, null, null);
  }

  /** Where training stands; null where nothing was measured yet. */
  public record Training(
      long step,
      Long totalSteps,
      Double epoch,
      Double loss,
      Double learningRate,
      Double gradNorm,
      Speed speed,
      Counts counts) {
    static final Training NONE = at(0, null, Counts.NONE);

    /** Before this process has made a step: what a checkpoint knows. */
    public static Training at(long step, Long totalSteps, Counts counts) {
      return new Training(step, totalSteps, null, null, null, null, Speed.NONE, counts);
    }
  }

  /**
   * What is counted from the first step on.
   *
   * @param lossScale of the next step; null where the dtype needs none
   */
  public record Counts(long tokensSeen, long skippedSteps, long rescaledSteps, Double lossScale) {
    static final Counts NONE = new Counts(0, 0, 0, null);
  }

  /** How fast training is; null where nothing was measured yet. */
  public record Speed(Double tokensPerSecond, Double targetsPerSecond, Long etaSeconds) {
    static final Speed NONE = new Speed(null, null, null);
  }

  /** The newest evaluation; null where there was none, or the value is not finite. */
  public record Evaluation(Double loss, Double perplexity, Double accuracy, Double entropy) {
    public static final Evaluation NONE = new Evaluation(null, null, null, null);
  }

  /**
   * What the run has made so far and still keeps; checkpoints are oldest first.
   *
   * @param best the one with the lowest evaluation loss; null where there is none
   * @param memory that it foretold
   * @param dtype of the computation; null before the model is opened
   */
  public record Results(
      List<SavedCheckpoint> checkpoints,
      SavedCheckpoint best,
      List<SavedArtifact> artifacts,
      MemoryEstimateStatus memory,
      ModelDtype dtype) {
    public Results {
      checkpoints = List.copyOf(checkpoints);
      artifacts = List.copyOf(artifacts);
    }

    public Results with(List<SavedCheckpoint> all, SavedCheckpoint bestOfAll) {
      int first = Math.max(0, all.size() - REPORTED_CHECKPOINTS);
      return new Results(all.subList(first, all.size()), bestOfAll, artifacts, memory, dtype);
    }

    public Results with(SavedArtifact artifact) {
      return new Results(checkpoints, best, List.of(artifact), memory, dtype);
    }

    public Results with(MemoryEstimateStatus foretold) {
      return new Results(checkpoints, best, artifacts, foretold, dtype);
    }

    public Results with(ModelDtype resolved) {
      return new Results(checkpoints, best, artifacts, memory, resolved);
    }
  }

  /** How the process ends; all null while it runs. */
  public record Ending(Outcome outcome, String reason, String message) {
    static final Ending NONE = new Ending(null, null, null);
  }

  static RunState starting(String jobUid, String podUid) {
    return new RunState(
        new Writer(jobUid, podUid, 1),
        new PhaseProgress(Phase.Resolve, null, null),
        Data.NONE,
        Training.NONE,
        Evaluation.NONE,
        new Results(List.of(), null, List.of(), null, null),
        Ending.NONE);
  }

  public RunState with(Writer next) {
    return new RunState(next, phase, data, training, evaluation, results, ending);
  }

  public RunState with(PhaseProgress next) {
    return new RunState(writer, next, data, training, evaluation, results, ending);
  }

  public RunState with(Data next) {
    return new RunState(writer, phase, next, training, evaluation, results, ending);
  }

  public RunState with(Training next) {
    return new RunState(writer, phase, data, next, evaluation, results, ending);
  }

  public RunState with(Evaluation next) {
    return new RunState(writer, phase, data, training, next, results, ending);
  }

  public RunState with(Results next) {
    return new RunState(writer, phase, data, training, evaluation, next, ending);
  }

  public RunState with(Ending next) {
    return new RunState(writer, phase, data, training, evaluation, results, next);
  }

  ProgressSnapshot snapshot(long seq, Instant at) {
    return new ProgressSnapshot(
        writer.jobUid,
        writer.podUid,
        writer.attempt,
        seq,
        phase.phase,
        phase.done,
        phase.total,
        training.step,
        training.totalSteps,
        training.epoch,
        training.loss,
        evaluation.loss,
        evaluation.perplexity,
        evaluation.accuracy,
        evaluation.entropy,
        training.learningRate,
        training.gradNorm,
        training.speed.tokensPerSecond,
        training.speed.targetsPerSecond,
        data.fill,
        training.counts.tokensSeen,
        training.counts.skippedSteps,
        training.counts.rescaledSteps,
        training.counts.lossScale,
        training.speed.etaSeconds,
        results.checkpoints,
        results.best,
        results.artifacts,
        data.training,
        data.evaluation,
        results.memory,
        results.dtype,
        ending.outcome,
        ending.reason,
        ending.message,
        at.toString());
  }
}
