package io.sftjob.operator.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.sftjob.api.progress.Outcome;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.progress.ProgressSnapshot.SavedArtifact;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.api.v1alpha1.MemoryEstimateStatus;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.api.v1alpha1.TokenDrop;
import io.sftjob.api.v1alpha1.TokenLedger;
import java.util.List;
import java.util.stream.IntStream;

/** Snapshots as a trainer would write them, for tests. */
public record Snapshot(ProgressSnapshot value) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A trainer of the first attempt in the phase Train. */
  public static Snapshot of(String jobUid, String podUid) {
    return new Snapshot(
        new ProgressSnapshot(
            jobUid,
            podUid,
            1,
            1,
            Phase.Train,
            null,
            null,
            0,
            10L,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            0,
            null,
            null,
            null,
            null,
            List.of(),
            null,
            List.of(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "2026-01-01T00:00:10Z"));
  }

  public static Snapshot of(Pod pod) {
    return of(
        pod.getMetadata().getOwnerReferences().getFirst().getUid(), pod.getMetadata().getUid());
  }

  public Snapshot attempt(int attempt) {
    return with("attempt", attempt);
  }

  public Snapshot seq(long seq) {
    return with("seq", seq);
  }

  public Snapshot phase(Phase phase) {
    return with("phase", phase);
  }

  /** In mid-training, with a loss and an estimate. */
  public Snapshot step(long step) {
    return with("step", step)
        .with("loss", 2.0 / (step + 1))
        .with("etaSeconds", Math.max(0, 100 - step));
  }

  public Snapshot checkpoint(long step) {
    return with(
        "checkpoints",
        List.of(
            new SavedCheckpoint(
                step,
                "pvc://runs/demo/checkpoints/step-" + step,
                "ab".repeat(32),
                1234,
                null,
                "2026-01-01T00:00:09Z")));
  }

  public Snapshot ledger() {
    return with(
        "ledger",
        new TokenLedger(100L, 60L, 30L, 10L, 5L, 1L, List.of(new TokenDrop("NoTargets", 1L, 10L))));
  }

  /** Every field, each about as long as it gets in practice. */
  public Snapshot everything() {
    var checkpoints =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    new SavedCheckpoint(
                        100_000 + i,
                        "pvc://team-models/support-bot/runs/2026-01/checkpoints/step-10000" + i,
                        "ab".repeat(32),
                        123_456_789_012L,
                        1.23456789,
                        "2026-01-01T00:00:09Z"))
            .toList();
    var drops =
        IntStream.range(0, 12)
            .mapToObj(i -> new TokenDrop("FragmentWithoutTargets" + i, 123_456L, 10L))
            .toList();
    var ledger = new TokenLedger(1L << 40, 1L << 39, 1L << 38, 120L, 1L << 30, 1L << 20, drops);
    return step(100_009)
        .done()
        .phase(Phase.Train)
        .with("totalSteps", 1_000_000)
        .with("epoch", 1.23456789)
        .with("evalLoss", 1.2)
        .with("evalPerplexity", Math.exp(1.2))
        .with("evalAccuracy", 0.7654321)
        .with("evalEntropy", 1.3456789)
        .with("learningRate", 1.2345678e-5)
        .with("gradNorm", 0.123456789)
        .with("tokensPerSecond", 12345.6789)
        .with("targetsPerSecond", 2345.67891)
        .with("fill", 0.98765432)
        .with("skippedSteps", 3)
        .with("rescaledSteps", 12)
        .with("lossScale", 65536)
        .with("dtype", "Float16")
        .with("tokensSeen", 1L << 42)
        .with("etaSeconds", 123_456)
        .with("checkpoints", checkpoints)
        .with("bestCheckpoint", checkpoints.get(3))
        .with("ledger", ledger)
        .with("evalLedger", ledger)
        .memory(123_456_789_012L);
  }

  public Snapshot dtype(ModelDtype dtype) {
    return with("dtype", dtype.name());
  }

  public Snapshot memory(long peakBytes) {
    return with(
        "memoryEstimate",
        new MemoryEstimateStatus(peakBytes, null, 4L << 30, 300L, 500L, 40L, 20L, 200L, 10L, 5L));
  }

  /** The end of a run that made its adapter. */
  public Snapshot done() {
    return phase(Phase.Done)
        .with("outcome", Outcome.Succeeded)
        .with(
            "artifacts",
            List.of(new SavedArtifact("Adapter", "pvc://runs/demo/adapter", "cd".repeat(32), 999)));
  }

  public Snapshot failed(String reason, String message) {
    return with("outcome", Outcome.Failed).with("reason", reason).with("message", message);
  }

  /** Any field as JSON; also values that a good trainer would never write. */
  public String json(String field, Object value) {
    try {
      var tree = JSON.<ObjectNode>valueToTree(this.value);
      tree.set(field, JSON.valueToTree(value));
      return JSON.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  public String json() {
    return json("updatedAt", value.updatedAt());
  }

  private Snapshot with(String field, Object fieldValue) {
    try {
      return new Snapshot(JSON.readValue(json(field, fieldValue), ProgressSnapshot.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
