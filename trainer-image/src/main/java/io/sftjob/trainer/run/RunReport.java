package io.sftjob.trainer.run;

import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot.SavedArtifact;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.trainer.checkpoint.CheckpointState;
import io.sftjob.trainer.checkpoint.Checkpoints;
import io.sftjob.trainer.checkpoint.Evaluations;
import io.sftjob.trainer.checkpoint.FinalAdapter;
import io.sftjob.trainer.checkpoint.Manifest;
import io.sftjob.trainer.checkpoint.OpenedOutput;
import io.sftjob.trainer.checkpoint.Retention;
import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.report.Progress;
import io.sftjob.trainer.report.RunState;
import io.sftjob.trainer.report.RunState.Counts;
import io.sftjob.trainer.report.RunState.Data;
import io.sftjob.trainer.report.RunState.Evaluation;
import io.sftjob.trainer.report.RunState.PhaseProgress;
import io.sftjob.trainer.report.RunState.Results;
import io.sftjob.trainer.report.RunState.Training;
import io.sftjob.trainer.report.RunState.Writer;
import io.sftjob.trainer.report.TerminationLog;
import io.sftjob.trainer.train.EvalResult;
import io.sftjob.trainer.train.StepResult;
import io.sftjob.trainer.train.TrainCounts;
import io.sftjob.trainer.train.TrainState;
import java.util.List;
import java.util.Optional;

/** Turns what happens in a run into progress, and writes the termination log where it counts. */
final class RunReport {
  private final Progress progress;
  private final TerminationLog terminationLog;
  private final String outputUri;
  private final Throughput throughput = new Throughput();

  RunReport(Progress progress, TerminationLog terminationLog, String outputUri) {
    this.progress = progress;
    this.terminationLog = terminationLog;
    this.outputUri = outputUri;
  }

  void phase(Phase phase) {
    progress.phase(phase);
  }

  /** What is being written, in a unit of its own. */
  void saves(long done, long total) {
    progress.phase(Phase.Save, done, total);
  }

  void attempt(int attempt) {
    progress.change(s -> s.with(new Writer(s.writer().jobUid(), s.writer().podUid(), attempt)));
  }

  /** This process took the output over. */
  void owns(OpenedOutput opened) {
    var owner = opened.ownership().owner();
    progress.change(
        s ->
            s.with(new Writer(owner.jobUid(), owner.podUid(), owner.attempt()))
                .with(results(s, opened.checkpoints())));
  }

  void prepared(Data data) {
    progress.change(s -> s.with(data));
  }

  void trains(long totalSteps, Optional<TrainState> resume, Evaluations evaluations) {
    var counts = resume.map(TrainState::counts).orElse(TrainCounts.NONE);
    progress.change(
        s ->
            s.with(Training.at(counts.step(), totalSteps, counts(counts)))
                .with(evaluation(evaluations.last()))
                .with(new PhaseProgress(Phase.Train, counts.step(), totalSteps)));
  }

  void step(StepResult step, long totalSteps) {
    throughput.add(step);
    progress.change(
        s ->
            s.with(
                    new Training(
                        step.step(),
                        totalSteps,
                        step.epoch(),
                        finite(step.loss()),
                        step.learningRate(),
                        finite(step.gradNorm()),
                        throughput.speed(totalSteps - step.step()),
                        counts(step.counts())))
                .with(new PhaseProgress(Phase.Train, step.step(), totalSteps)));
  }

  void evaluated(EvalResult result) {
    progress.change(s -> s.with(evaluation(result)));
  }

  /** Called on the saving thread. */
  void checkpoints(List<Checkpoints.Found> kept) {
    progress.change(s -> s.with(results(s, kept)));
    terminationLog.write();
  }

  void adapter(FinalAdapter adapter) {
    var main = adapter.manifest().file(TensorFiles.ADAPTER);
    progress.change(
        s ->
            s.with(
                s.results()
                    .with(
                        new SavedArtifact(
                            "Adapter", outputUri + "/adapter", main.sha256(), main.size()))));
  }

  /** An earlier process has come to the end: its result is this one's. */
  void alreadyDone(FinalAdapter adapter, Optional<CheckpointState> last) {
    long step = adapter.manifest().step();
    var counts = last.map(CheckpointState::counts).orElse(TrainCounts.NONE);
    progress.change(
        s ->
            s.with(Training.at(step, step, counts(counts)))
                .with(new PhaseProgress(Phase.Done, null, null)));
    last.ifPresent(
        l ->
            progress.change(s -> s.with(Ledgers.data(l)).with(evaluation(l.evaluations().last()))));
    adapter(adapter);
  }

  private static Counts counts(TrainCounts counts) {
    return new Counts(
        counts.tokensSeen(),
        counts.skippedSteps(),
        counts.rescaledSteps(),
        counts.lossScale() == null ? null : counts.lossScale().scale());
  }

  private static Evaluation evaluation(EvalResult result) {
    return result == null
        ? Evaluation.NONE
        : new Evaluation(
            finite(result.loss()),
            finite(result.perplexity()),
            finite(result.accuracy()),
            finite(result.entropy()));
  }

  /** JSON has no infinities and no NaN. */
  private static Double finite(Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }

  private Results results(RunState before, List<Checkpoints.Found> kept) {
    return before
        .results()
        .with(
            kept.stream().map(this::saved).toList(),
            Retention.best(kept).map(this::saved).orElse(null));
  }

  private SavedCheckpoint saved(Checkpoints.Found checkpoint) {
    Manifest manifest = checkpoint.manifest();
    return new SavedCheckpoint(
        manifest.step(),
        outputUri + "/checkpoints/" + checkpoint.folder().getFileName(),
        manifest.file(TensorFiles.ADAPTER).sha256(),
        manifest.sizeBytes(),
        finite(manifest.evalLoss()),
        manifest.time());
  }
}
