package io.sftjob.trainer.run;

import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot.SavedArtifact;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.api.v1alpha1.TokenLedger;
import io.sftjob.trainer.checkpoint.CheckpointState;
import io.sftjob.trainer.checkpoint.Checkpoints;
import io.sftjob.trainer.checkpoint.FinalAdapter;
import io.sftjob.trainer.checkpoint.Manifest;
import io.sftjob.trainer.checkpoint.OpenedOutput;
import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.report.Progress;
import io.sftjob.trainer.report.RunState.PhaseProgress;
import io.sftjob.trainer.report.RunState.Training;
import io.sftjob.trainer.report.RunState.Writer;
import io.sftjob.trainer.report.TerminationLog;
import io.sftjob.trainer.train.StepResult;
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
                .with(s.results().with(opened.checkpoints().stream().map(this::saved).toList())));
  }

  void prepared(TokenLedger ledger) {
    progress.change(s -> s.with(s.results().with(ledger)));
  }

  void trains(long step, long totalSteps, Optional<TrainState> resume, Double evalLoss) {
    long seen = resume.map(TrainState::tokensSeen).orElse(0L);
    progress.change(
        s ->
            s.with(Training.at(step, totalSteps, evalLoss, seen))
                .with(new PhaseProgress(Phase.Train, step, totalSteps)));
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
                        s.training().evalLoss(),
                        step.learningRate(),
                        finite(step.gradNorm()),
                        throughput.tokensPerSecond(),
                        s.training().tokensSeen() + step.tokens(),
                        throughput.etaSeconds(totalSteps - step.step())))
                .with(new PhaseProgress(Phase.Train, step.step(), totalSteps)));
  }

  void evaluated(double loss) {
    progress.change(s -> s.with(s.training().withEvalLoss(loss)));
  }

  /** Called on the saving thread. */
  void checkpoints(List<Checkpoints.Found> kept) {
    progress.change(s -> s.with(s.results().with(kept.stream().map(this::saved).toList())));
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
    long seen = last.map(CheckpointState::tokensSeen).orElse(0L);
    progress.change(
        s ->
            s.with(Training.at(step, step, adapter.manifest().evalLoss(), seen))
                .with(new PhaseProgress(Phase.Done, null, null)));
    last.ifPresent(l -> prepared(Ledgers.of(l.counters())));
    adapter(adapter);
  }

  /** JSON has no infinities and no NaN. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private SavedCheckpoint saved(Checkpoints.Found checkpoint) {
    Manifest manifest = checkpoint.manifest();
    return new SavedCheckpoint(
        manifest.step(),
        outputUri + "/checkpoints/" + checkpoint.folder().getFileName(),
        manifest.file(TensorFiles.ADAPTER).sha256(),
        manifest.sizeBytes(),
        manifest.evalLoss(),
        manifest.time());
  }
}
