package io.sftjob.api.progress;

import io.sftjob.api.v1alpha1.MemoryEstimateStatus;
import io.sftjob.api.v1alpha1.ModelDtype;
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
 * @param evalPerplexity exp(evalLoss)
 * @param evalAccuracy the part of the targets that were the likeliest token, 0 to 1
 * @param evalEntropy of the predictions, mean over the targets, nats
 * @param tokensPerSecond tokens through forward and backward per second of training
 * @param targetsPerSecond targets of the loss among them
 * @param fill tokens in the packed training rows, as a part of what these could hold: 0 to 1
 * @param tokensSeen tokens through forward and backward since the first step
 * @param skippedSteps steps that changed nothing, as loss or gradient was not finite, since the
 *     first step
 * @param rescaledSteps steps that changed nothing but the loss scale, under which float16 gradients
 *     overflowed, since the first step
 * @param lossScale of the next step; absent where the dtype needs none
 * @param bestCheckpoint the kept one with the lowest evaluation loss
 * @param ledger of the training rows
 * @param evalLedger of the evaluation rows
 * @param memoryEstimate null before the model's headers are read
 * @param dtype of the computation: what Auto was resolved to; null before the model is opened
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
    Double evalPerplexity,
    Double evalAccuracy,
    Double evalEntropy,
    Double learningRate,
    Double gradNorm,
    Double tokensPerSecond,
    Double targetsPerSecond,
    Double fill,
    long tokensSeen,
    Long skippedSteps,
    Long rescaledSteps,
    Double lossScale,
    Long etaSeconds,
    List<SavedCheckpoint> checkpoints,
    SavedCheckpoint bestCheckpoint,
    List<SavedArtifact> artifacts,
    TokenLedger ledger,
    TokenLedger evalLedger,
    MemoryEstimateStatus memoryEstimate,
    ModelDtype dtype,
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
   * @param evalLoss the newest when it was saved
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
