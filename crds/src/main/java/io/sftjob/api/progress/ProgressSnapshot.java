package io.sftjob.api.progress;

import io.sftjob.api.v1alpha1.MemoryEstimateStatus;
import io.sftjob.api.v1alpha1.TokenLedger;
import java.util.List;

/**
 * What a trainer says of itself: the whole truth each time, never a delta. Served as JSON at {@code
 * GET /v1/progress} and written to the termination log, where it must fit in {@value
 * #MAX_TERMINATION_BYTES} bytes. The reader must not trust it.
 *
 * @param jobUid UID of the child Job
 * @param podUid UID of the pod
 * @param attempt 1 for the first process that trains this output, one more for each that takes over
 * @param seq grows with every change within an attempt
 * @param phaseDone work done in the phase, in its own unit (bytes, rows, steps, files)
 * @param loss mean negative log-likelihood per target, nats, over the last logged step
 * @param tokensPerSecond tokens through forward and backward per second of training
 * @param tokensSeen tokens through forward and backward since the first step
 * @param memoryEstimate null before the model's headers are read
 * @param reason one CamelCase word for a failure, from {@link ExitCode}
 * @param updatedAt RFC 3339
 */
public record ProgressSnapshot(
    String jobUid,
    String podUid,
    int attempt,
    long seq,
    Phase phase,
    Long phaseDone,
    Long phaseTotal,
    long step,
    Long totalSteps,
    Double epoch,
    Double loss,
    Double evalLoss,
    Double learningRate,
    Double gradNorm,
    Double tokensPerSecond,
    long tokensSeen,
    Long etaSeconds,
    List<SavedCheckpoint> checkpoints,
    List<SavedArtifact> artifacts,
    TokenLedger ledger,
    MemoryEstimateStatus memoryEstimate,
    Outcome outcome,
    String reason,
    String message,
    String updatedAt) {

  /** Kubernetes keeps this many bytes of a container's termination log. */
  public static final int MAX_TERMINATION_BYTES = 4096;

  public ProgressSnapshot {
    checkpoints = checkpoints == null ? List.of() : List.copyOf(checkpoints);
    artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
  }

  /**
   * A checkpoint whose manifest is written.
   *
   * @param sha256 of its adapter_model.safetensors, hex
   */
  public record SavedCheckpoint(
      long step, String uri, String sha256, long sizeBytes, Double evalLoss, String time) {}

  /**
   * A result of the run.
   *
   * @param kind {@code Adapter}
   * @param sha256 of its main file, hex
   */
  public record SavedArtifact(String kind, String uri, String sha256, long sizeBytes) {}
}
