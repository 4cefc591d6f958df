package io.sftjob.operator.progress;

import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.progress.ProgressSnapshot.SavedArtifact;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.api.v1alpha1.Bounds;
import io.sftjob.api.v1alpha1.MemoryEstimateStatus;
import io.sftjob.api.v1alpha1.TokenDrop;
import io.sftjob.api.v1alpha1.TokenLedger;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The ranges of a snapshot's values. A value outside would be refused by the status' schema. */
final class Ranges {
  private Ranges() {}

  /** The first value that is out of range, by field; empty if all is well. */
  static Optional<String> violation(ProgressSnapshot s) {
    return Stream.of(
            own(s),
            ledger("ledger", s.ledger()),
            ledger("evalLedger", s.evalLedger()),
            s.checkpoints().stream().flatMap(c -> checkpoint("checkpoints", c)),
            checkpoint("bestCheckpoint", s.bestCheckpoint()),
            s.memoryEstimate() == null ? Stream.<String>empty() : memory(s.memoryEstimate()),
            s.artifacts().stream().flatMap(Ranges::artifact))
        .flatMap(wrong -> wrong)
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static Stream<String> own(ProgressSnapshot s) {
    return Stream.of(
        present("jobUid", s.jobUid()),
        present("podUid", s.podUid()),
        present("phase", s.phase()),
        s.attempt() < 1 ? "attempt is " + s.attempt() + ", expected at least 1" : null,
        natural("seq", s.seq()),
        natural("phaseDone", s.phaseDone()),
        natural("phaseTotal", s.phaseTotal()),
        natural("step", s.step()),
        natural("totalSteps", s.totalSteps()),
        natural("tokensSeen", s.tokensSeen()),
        natural("etaSeconds", s.etaSeconds()),
        natural("epoch", s.epoch()),
        natural("evalPerplexity", s.evalPerplexity()),
        part("evalAccuracy", s.evalAccuracy()),
        natural("evalEntropy", s.evalEntropy()),
        natural("tokensPerSecond", s.tokensPerSecond()),
        natural("targetsPerSecond", s.targetsPerSecond()),
        part("fill", s.fill()),
        natural("skippedSteps", s.skippedSteps()),
        natural("rescaledSteps", s.rescaledSteps()),
        natural("lossScale", s.lossScale()),
        natural("gradNorm", s.gradNorm()),
        natural("learningRate", s.learningRate()),
        within("updatedAt", s.updatedAt(), Bounds.WORD));
  }

  private static Stream<String> ledger(String name, TokenLedger l) {
    if (l == null) return Stream.empty();
    var totals =
        Stream.of(
            natural(name + ".read", l.read()),
            natural(name + ".targets", l.targets()),
            natural(name + ".masked", l.masked()),
            natural(name + ".dropped", l.dropped()),
            natural(name + ".rows", l.rows()),
            natural(name + ".droppedRows", l.droppedRows()),
            atMost(name + ".drops", l.drops().size(), Bounds.DROPS));
    return Stream.concat(totals, l.drops().stream().flatMap(drop -> drop(name + ".drops", drop)));
  }

  private static Stream<String> memory(MemoryEstimateStatus m) {
    return Stream.of(
        natural("memoryEstimate.peakBytes", m.peakBytes()),
        natural("memoryEstimate.gpuPeakBytes", m.gpuPeakBytes()),
        natural("memoryEstimate.limitBytes", m.limitBytes()),
        natural("memoryEstimate.processBytes", m.processBytes()),
        natural("memoryEstimate.weightsBytes", m.weightsBytes()),
        natural("memoryEstimate.adaptersBytes", m.adaptersBytes()),
        natural("memoryEstimate.optimizerBytes", m.optimizerBytes()),
        natural("memoryEstimate.activationsBytes", m.activationsBytes()),
        natural("memoryEstimate.headBytes", m.headBytes()),
        natural("memoryEstimate.otherBytes", m.otherBytes()));
  }

  private static Stream<String> drop(String name, TokenDrop d) {
    return Stream.of(
        present(name + ".reason", d.reason()),
        within(name + ".reason", d.reason(), Bounds.WORD),
        natural(name + ".count", d.count()),
        natural(name + ".tokens", d.tokens()));
  }

  private static Stream<String> checkpoint(String name, SavedCheckpoint c) {
    if (c == null) return Stream.empty();
    return Stream.of(
        natural(name + ".step", c.step()),
        natural(name + ".sizeBytes", c.sizeBytes()),
        present(name + ".uri", c.uri()),
        within(name + ".uri", c.uri(), Bounds.URI),
        within(name + ".sha256", c.sha256(), Bounds.WORD),
        within(name + ".time", c.time(), Bounds.WORD));
  }

  private static Stream<String> artifact(SavedArtifact a) {
    return Stream.of(
        natural("artifacts.sizeBytes", a.sizeBytes()),
        present("artifacts.uri", a.uri()),
        within("artifacts.kind", a.kind(), Bounds.WORD),
        within("artifacts.uri", a.uri(), Bounds.URI),
        within("artifacts.sha256", a.sha256(), Bounds.WORD));
  }

  private static String present(String field, Object value) {
    return value == null ? field + " is missing" : null;
  }

  /** Not below zero; NaN passes, for a loss of NaN is news. */
  private static String natural(String field, Number value) {
    return value != null && value.doubleValue() < 0
        ? field + " is " + value + ", expected 0 or more"
        : null;
  }

  /** From 0 to 1; NaN passes. */
  private static String part(String field, Double value) {
    return value != null && (value < 0 || value > 1)
        ? field + " is " + value + ", expected 0 to 1"
        : null;
  }

  private static String atMost(String field, int size, int max) {
    return size > max ? field + " has " + size + " entries, at most " + max + " fit" : null;
  }

  private static String within(String field, String value, int max) {
    return value != null && value.length() > max
        ? field + " has " + value.length() + " characters, at most " + max + " fit"
        : null;
  }
}
