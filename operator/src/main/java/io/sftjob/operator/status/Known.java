package io.sftjob.operator.status;

import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.progress.ProgressSnapshot.SavedArtifact;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.api.v1alpha1.ArtifactStatus;
import io.sftjob.api.v1alpha1.Bounds;
import io.sftjob.api.v1alpha1.CheckpointStatus;
import io.sftjob.api.v1alpha1.MemoryEstimateStatus;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.api.v1alpha1.ProgressStatus;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.api.v1alpha1.TokenLedger;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;

/**
 * What trainers have told so far: the newest report, and below it what the status holds already.
 */
record Known(
    Integer attempt,
    ProgressStatus progress,
    TokenLedger tokens,
    TokenLedger evalTokens,
    List<CheckpointStatus> checkpoints,
    CheckpointStatus bestCheckpoint,
    List<ArtifactStatus> artifacts,
    MemoryEstimateStatus memory,
    ModelDtype dtype) {
  private static final MathContext DIGITS = new MathContext(6);

  static Known of(SFTJobStatus prior, Optional<ProgressSnapshot> report) {
    var before =
        new Known(
            prior.attempt(),
            prior.progress(),
            prior.tokens(),
            prior.evalTokens(),
            prior.checkpoints(),
            prior.bestCheckpoint(),
            prior.artifacts(),
            prior.effective() == null ? null : prior.effective().memoryEstimate(),
            prior.effective() == null ? null : prior.effective().dtype());
    return report.map(before::with).orElse(before);
  }

  /** A trainer that has only begun does not know yet what there is: empty is not news. */
  private Known with(ProgressSnapshot s) {
    return new Known(
        s.attempt(),
        progress(s),
        s.ledger() == null ? tokens : s.ledger(),
        s.evalLedger() == null ? evalTokens : s.evalLedger(),
        s.checkpoints().isEmpty() ? checkpoints : newest(s.checkpoints()),
        s.checkpoints().isEmpty() ? bestCheckpoint : checkpoint(s.bestCheckpoint()),
        s.artifacts().isEmpty() ? artifacts : artifacts(s.artifacts()),
        s.memoryEstimate() == null ? memory : s.memoryEstimate(),
        s.dtype() == null ? dtype : s.dtype());
  }

  private static ProgressStatus progress(ProgressSnapshot s) {
    return new ProgressStatus(
        s.phase().name(),
        s.step(),
        s.totalSteps(),
        percent(s.step(), s.totalSteps()),
        decimal(s.epoch()),
        decimal(s.loss()),
        decimal(s.evalLoss()),
        decimal(s.evalPerplexity()),
        decimal(s.evalAccuracy()),
        decimal(s.evalEntropy()),
        decimal(s.learningRate()),
        decimal(s.gradNorm()),
        decimal(s.tokensPerSecond()),
        decimal(s.targetsPerSecond()),
        decimal(s.fill()),
        s.tokensSeen(),
        s.skippedSteps(),
        s.rescaledSteps(),
        decimal(s.lossScale()),
        s.etaSeconds(),
        s.updatedAt());
  }

  private static List<CheckpointStatus> newest(List<SavedCheckpoint> all) {
    return all.subList(Math.max(0, all.size() - Bounds.CHECKPOINTS), all.size()).stream()
        .map(Known::checkpoint)
        .toList();
  }

  private static CheckpointStatus checkpoint(SavedCheckpoint c) {
    return c == null
        ? null
        : new CheckpointStatus(
            c.step(), c.uri(), c.sha256(), c.sizeBytes(), decimal(c.evalLoss()), c.time());
  }

  private static List<ArtifactStatus> artifacts(List<SavedArtifact> all) {
    return all.stream()
        .limit(Bounds.ARTIFACTS)
        .map(a -> new ArtifactStatus(a.kind(), a.uri(), a.sha256(), a.sizeBytes()))
        .toList();
  }

  private static Integer percent(long step, Long total) {
    if (total == null || total == 0) return null;
    return (int) Math.min(100, Math.floor(100.0 * step / total));
  }

  private static String decimal(Double value) {
    if (value == null) return null;
    if (!Double.isFinite(value)) return value.toString();
    return new BigDecimal(value).round(DIGITS).stripTrailingZeros().toString();
  }
}
