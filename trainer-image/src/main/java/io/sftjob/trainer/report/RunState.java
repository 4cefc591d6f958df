package io.sftjob.trainer.report;

import io.sftjob.api.progress.Outcome;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.progress.ProgressSnapshot.SavedArtifact;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.api.v1alpha1.MemoryEstimateStatus;
import io.sftjob.api.v1alpha1.TokenLedger;
import java.time.Instant;
import java.util.List;

/** Everything that is reported of a run, in the groups in which it changes. Immutable. */
public record RunState(
    Writer writer, PhaseProgress phase, Training training, Results results, Ending ending) {

  /** How many of the newest checkpoints are reported. */
  static final int REPORTED_CHECKPOINTS = 10;

  /** The process that reports. */
  public record Writer(String jobUid, String podUid, int attempt) {}

  /** Work done in a phase, in the phase's own unit; null where it is not known. */
  public record PhaseProgress(Phase phase, Long done, Long total) {}

  /** Where training stands; null where nothing was measured yet. */
  public record Training(
      long step,
      Long totalSteps,
      Double epoch,
      Double loss,
      Double evalLoss,
      Double learningRate,
      Double gradNorm,
      Double tokensPerSecond,
      long tokensSeen,
      Long etaSeconds) {
    static final Training NONE = at(0, null, null, 0);

    /** Before this process has made a step: what a checkpoint knows. */
    public static Training at(long step, Long totalSteps, Double evalLoss, long tokensSeen) {
      return new Training(
          step, totalSteps, null, null, evalLoss, null, null, null, tokensSeen, null);
    }

    public Training withEvalLoss(double evalLoss) {
      return new Training(
          step,
          totalSteps,
          epoch,
          loss,
          evalLoss,
          learningRate,
          gradNorm,
          tokensPerSecond,
          tokensSeen,
          etaSeconds);
    }
  }

  /**
   * What the run has made so far and still keeps; checkpoints are oldest first.
   *
   * @param memory that it foretold
   */
  public record Results(
      List<SavedCheckpoint> checkpoints,
      List<SavedArtifact> artifacts,
      TokenLedger ledger,
      MemoryEstimateStatus memory) {
    public Results {
      checkpoints = List.copyOf(checkpoints);
      artifacts = List.copyOf(artifacts);
    }

    public Results with(List<SavedCheckpoint> all) {
      int first = Math.max(0, all.size() - REPORTED_CHECKPOINTS);
      return new Results(all.subList(first, all.size()), artifacts, ledger, memory);
    }

    public Results with(SavedArtifact artifact) {
      return new Results(checkpoints, List.of(artifact), ledger, memory);
    }

    public Results with(TokenLedger counted) {
      return new Results(checkpoints, artifacts, counted, memory);
    }

    public Results with(MemoryEstimateStatus foretold) {
      return new Results(checkpoints, artifacts, ledger, foretold);
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
        Training.NONE,
        new Results(List.of(), List.of(), null, null),
        Ending.NONE);
  }

  public RunState with(Writer next) {
    return new RunState(next, phase, training, results, ending);
  }

  public RunState with(PhaseProgress next) {
    return new RunState(writer, next, training, results, ending);
  }

  public RunState with(Training next) {
    return new RunState(writer, phase, next, results, ending);
  }

  public RunState with(Results next) {
    return new RunState(writer, phase, training, next, ending);
  }

  public RunState with(Ending next) {
    return new RunState(writer, phase, training, results, next);
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
        training.evalLoss,
        training.learningRate,
        training.gradNorm,
        training.tokensPerSecond,
        training.tokensSeen,
        training.etaSeconds,
        results.checkpoints,
        results.artifacts,
        results.ledger,
        results.memory,
        ending.outcome,
        ending.reason,
        ending.message,
        at.toString());
  }
}
