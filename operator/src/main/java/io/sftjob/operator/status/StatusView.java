package io.sftjob.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.ProgressStatus;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.kube.Jobs;
import io.sftjob.operator.kube.Pods;
import io.sftjob.operator.status.Conditions.Truth;
import io.sftjob.operator.status.Conditions.Type;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The status that follows from what is known: a pure function. */
public final class StatusView {
  private static final SFTJobStatus EMPTY =
      new SFTJobStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null);

  private StatusView() {}

  public static boolean isTerminal(SFTJobStatus status) {
    return status != null
        && (status.state() == JobState.Succeeded || status.state() == JobState.Failed);
  }

  /**
   * @param resource as it was read, with the status written last
   * @param now used for transitions only
   */
  public static SFTJobStatus of(SFTJob resource, Facts facts, Instant now) {
    var prior = Objects.requireNonNullElse(resource.getStatus(), EMPTY);
    var generation = resource.getMetadata().getGeneration();
    if (isTerminal(prior)) return observed(prior, generation);
    var known = Known.of(prior, facts.report());
    var verdict = Judge.of(resource, prior.state(), facts, known);
    var job = facts.job().map(j -> j.getMetadata().getName());
    return new SFTJobStatus(
        generation,
        verdict.state(),
        conditions(prior, facts, known, verdict, generation, now),
        startTime(prior, facts),
        verdict.terminal() ? completionTime(facts, now) : null,
        known.attempt(),
        facts.execution() == 0 ? null : facts.execution(),
        job.orElse(prior.jobName()),
        facts.pod().map(p -> p.getMetadata().getName()).orElse(prior.podName()),
        progress(known.progress(), verdict),
        known.tokens(),
        known.evalTokens(),
        known.checkpoints(),
        known.bestCheckpoint(),
        known.artifacts(),
        EffectiveSpec.of(resource.getSpec(), known.memory(), known.dtype()));
  }

  /**
   * The status after an error of the operator itself or of the API: what was true, and why it
   * waits.
   */
  public static SFTJobStatus afterError(SFTJob resource, String message, Instant now) {
    var prior = Objects.requireNonNullElse(resource.getStatus(), EMPTY);
    var generation = resource.getMetadata().getGeneration();
    var conditions = new Conditions(prior.conditions(), generation, now);
    conditions.add(Type.Reconciling, Truth.True, Cause.of(Reason.OperatorError, message));
    var kept =
        prior.conditions().stream().filter(c -> !c.getType().equals(Type.Reconciling.name()));
    return with(prior, generation, Stream.concat(kept, conditions.list().stream()).toList());
  }

  private static List<Condition> conditions(
      SFTJobStatus prior, Facts facts, Known known, Verdict verdict, long generation, Instant now) {
    var c = new Conditions(prior.conditions(), generation, now);
    c.add(Type.Succeeded, succeeded(verdict), verdict.cause());
    c.add(Type.Running, running(verdict), verdict.cause());
    if (verdict.state() == JobState.Queued) {
      c.add(Type.Queued, Truth.True, verdict.cause());
    } else if (c.had(Type.Queued)) {
      c.add(Type.Queued, Truth.False, Cause.of(Reason.Admitted, "The queue let the Job start."));
    }
    if (verdict.state() == JobState.Suspended) {
      c.add(Type.Suspended, Truth.True, verdict.cause());
    } else if (c.had(Type.Suspended)) {
      c.add(Type.Suspended, Truth.False, Cause.of(Reason.Resumed, "The run went on."));
    }
    c.add(Type.Checkpointed, Truth.of(!known.checkpoints().isEmpty()), checkpointed(known));
    if (!verdict.terminal() && verdict.state() != JobState.Suspended) {
      stale(c, facts);
    }
    if (verdict.busy()) c.add(Type.Reconciling, Truth.True, verdict.cause());
    if (verdict.state() == JobState.Failed) c.add(Type.Stalled, Truth.True, verdict.cause());
    return c.list();
  }

  private static void stale(Conditions c, Facts facts) {
    if (facts.silence().isPresent()) {
      c.add(Type.ProgressStale, Truth.True, facts.silence().get());
    } else if (c.had(Type.ProgressStale)) {
      c.add(
          Type.ProgressStale,
          Truth.False,
          Cause.of(Reason.ProgressReceived, "The trainer answers again."));
    }
  }

  private static Truth succeeded(Verdict verdict) {
    return verdict.terminal() ? Truth.of(verdict.state() == JobState.Succeeded) : Truth.Unknown;
  }

  private static Truth running(Verdict verdict) {
    return verdict.cause().reason().equals(Reason.ProgressUnknown.name())
        ? Truth.Unknown
        : Truth.of(verdict.state() == JobState.Running);
  }

  private static Cause checkpointed(Known known) {
    if (known.checkpoints().isEmpty()) {
      return Cause.of(Reason.NoCheckpoint, "No checkpoint was reported yet.");
    }
    var newest = known.checkpoints().getLast();
    return Cause.of(Reason.CheckpointSaved, "Step " + newest.step() + " at " + newest.uri() + ".");
  }

  private static String startTime(SFTJobStatus prior, Facts facts) {
    if (prior.startTime() != null) return prior.startTime();
    return facts.pods().stream()
        .filter(p -> Pods.isRunning(p) || Pods.ended(p).isPresent())
        .min(Pods.OLDEST_FIRST)
        .map(Pod::getStatus)
        .map(s -> s.getStartTime())
        .orElse(null);
  }

  private static String completionTime(Facts facts, Instant now) {
    var job = facts.job();
    return job.map(j -> j.getStatus())
        .map(s -> s.getCompletionTime())
        .or(() -> job.flatMap(Jobs::failed).map(f -> f.getLastTransitionTime()))
        .orElseGet(() -> Times.text(now));
  }

  private static ProgressStatus progress(ProgressStatus p, Verdict verdict) {
    return p == null || verdict.state() == JobState.Running ? p : p.withoutEta();
  }

  /** A terminal status stays as it is; only the generation that it speaks of moves on. */
  private static SFTJobStatus observed(SFTJobStatus s, long generation) {
    return with(
        s,
        generation,
        s.conditions().stream()
            .map(c -> new ConditionBuilder(c).withObservedGeneration(generation).build())
            .toList());
  }

  private static SFTJobStatus with(SFTJobStatus s, Long generation, List<Condition> conditions) {
    return new SFTJobStatus(
        generation,
        s.state() == null ? JobState.Pending : s.state(),
        conditions,
        s.startTime(),
        s.completionTime(),
        s.attempt(),
        s.execution(),
        s.jobName(),
        s.podName(),
        s.progress(),
        s.tokens(),
        s.evalTokens(),
        s.checkpoints(),
        s.bestCheckpoint(),
        s.artifacts(),
        s.effective());
  }
}
