package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot.SavedArtifact;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.trainer.checkpoint.Checkpoints;
import io.sftjob.trainer.checkpoint.FinalAdapter;
import io.sftjob.trainer.checkpoint.Manifest;
import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.report.Progress;
import io.sftjob.trainer.report.RunState.Ending;
import io.sftjob.trainer.report.RunState.PhaseProgress;
import io.sftjob.trainer.report.RunState.Training;
import io.sftjob.trainer.report.TerminationLog;
import io.sftjob.trainer.train.StepResult;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what happens in a run into progress, and writes the termination log where it counts. */
final class RunReport {
  private static final Logger LOG = LoggerFactory.getLogger(RunReport.class);

  private final Progress progress;
  private final Optional<TerminationLog> terminationLog;
  private final String outputUri;
  private final Throughput throughput = new Throughput();

  RunReport(Progress progress, Optional<TerminationLog> terminationLog, String outputUri) {
    this.progress = progress;
    this.terminationLog = terminationLog;
    this.outputUri = outputUri;
  }

  void resumed(long step, long totalSteps, long tokensSeen, List<Checkpoints.Found> known) {
    progress.change(
        s ->
            s.with(
                    new Training(
                        step, totalSteps, null, null, null, null, null, null, tokensSeen, null))
                .with(s.results().with(known.stream().map(this::saved).toList())));
    progress.phase(Phase.Train, step, totalSteps);
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
                        step.loss(),
                        s.training().evalLoss(),
                        step.learningRate(),
                        step.gradNorm(),
                        throughput.tokensPerSecond(),
                        s.training().tokensSeen() + step.tokens(),
                        throughput.etaSeconds(totalSteps - step.step())))
                .with(new PhaseProgress(Phase.Train, step.step(), totalSteps)));
  }

  void evaluated(double loss) {
    progress.change(s -> s.with(s.training().withEvalLoss(loss)));
  }

  /** Called on the saving thread. */
  void checkpoint(Checkpoints.Found checkpoint) {
    progress.change(s -> s.with(s.results().plus(saved(checkpoint))));
    writeTerminationLog();
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

  void ended(Outcome outcome, ExitCode code, String message) {
    String reason = outcome == Outcome.Succeeded ? null : code.name();
    progress.change(s -> s.with(new Ending(outcome, reason, message)));
    writeTerminationLog();
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

  /** Never the reason why a run fails: the progress endpoint and the manifests say the same. */
  private synchronized void writeTerminationLog() {
    if (terminationLog.isEmpty()) {
      return;
    }
    try {
      terminationLog.get().write(progress.snapshot());
    } catch (IOException e) {
      LOG.warn("The termination log can not be written: {}", e.toString());
    }
  }
}
