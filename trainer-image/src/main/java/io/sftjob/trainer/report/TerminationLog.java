package io.sftjob.trainer.report;

import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file whose content the kubelet copies into the container's status when the process is gone,
 * however it went. It is a bind mount, so it is written in place: a rename would replace the
 * mount's source and be lost.
 */
public final class TerminationLog {
  private static final Logger LOG = LoggerFactory.getLogger(TerminationLog.class);

  private final Optional<Path> file;
  private final Progress progress;

  /**
   * @param file absent: nothing is written
   */
  public TerminationLog(Optional<Path> file, Progress progress) {
    this.file = file;
    this.progress = progress;
  }

  /**
   * Writes the newest snapshot. Never the reason why a run fails: the progress endpoint and the
   * manifests say the same.
   */
  public synchronized void write() {
    if (file.isPresent()) {
      try {
        write(file.get(), progress.snapshot());
      } catch (IOException e) {
        LOG.warn("The termination log can not be written: {}", e.toString());
      }
    }
  }

  private static void write(Path file, ProgressSnapshot snapshot) throws IOException {
    var bytes = ByteBuffer.wrap(fitted(snapshot));
    try (var out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
  }

  /**
   * The snapshot as JSON of at most {@value ProgressSnapshot#MAX_TERMINATION_BYTES} bytes: the
   * oldest checkpoints are left out first, then the best one, then the message is cut and ends in
   * "…".
   */
  static byte[] fitted(ProgressSnapshot snapshot) {
    var fitting = snapshot;
    byte[] json = SnapshotJson.bytes(fitting);
    while (json.length > ProgressSnapshot.MAX_TERMINATION_BYTES) {
      fitting = smaller(fitting);
      json = SnapshotJson.bytes(fitting);
    }
    return json;
  }

  private static ProgressSnapshot smaller(ProgressSnapshot s) {
    if (!s.checkpoints().isEmpty()) {
      var newer = s.checkpoints().subList(1, s.checkpoints().size());
      return copy(s, newer, s.bestCheckpoint(), s.message());
    }
    if (s.bestCheckpoint() != null) {
      return copy(s, List.of(), null, s.message());
    }
    String message = s.message() == null ? "" : s.message();
    if (message.length() < 2) {
      throw new IllegalStateException("a snapshot without checkpoints and message is too large");
    }
    int end = message.length() * 3 / 4;
    if (Character.isHighSurrogate(message.charAt(end - 1))) {
      end--;
    }
    return copy(s, List.of(), null, message.substring(0, end) + "…");
  }

  private static ProgressSnapshot copy(
      ProgressSnapshot s, List<SavedCheckpoint> checkpoints, SavedCheckpoint best, String message) {
    return new ProgressSnapshot(
        s.jobUid(),
        s.podUid(),
        s.attempt(),
        s.seq(),
        s.phase(),
        s.phaseDone(),
        s.phaseTotal(),
        s.step(),
        s.totalSteps(),
        s.epoch(),
        s.loss(),
        s.evalLoss(),
        s.evalPerplexity(),
        s.evalAccuracy(),
        s.evalEntropy(),
        s.learningRate(),
        s.gradNorm(),
        s.tokensPerSecond(),
        s.targetsPerSecond(),
        s.fill(),
        s.tokensSeen(),
        s.skippedSteps(),
        s.rescaledSteps(),
        s.lossScale(),
        s.etaSeconds(),
        checkpoints,
        best,
        s.artifacts(),
        s.ledger(),
        s.evalLedger(),
        s.memoryEstimate(),
        s.dtype(),
        s.outcome(),
        s.reason(),
        message,
        s.updatedAt());
  }
}
