package io.sftjob.operator.progress;

import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.processing.event.source.polling.PerResourcePollingEventSource.ResourceFetcher;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.config.Settings;
import io.sftjob.operator.kube.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/** Pulls the progress of one job after the other; never throws, or the job is not polled again. */
final class ProgressPoller implements ResourceFetcher<Pull, SFTJob> {
  private final ProgressClient client;
  private final Function<SFTJob, List<Pod>> pods;
  private final Settings.Progress settings;
  private final Consumer<Optional<Problem>> meter;
  private final Map<String, State> states = new ConcurrentHashMap<>();

  ProgressPoller(
      ProgressClient client,
      Function<SFTJob, List<Pod>> pods,
      Settings.Progress settings,
      Consumer<Optional<Problem>> meter) {
    this.client = client;
    this.pods = pods;
    this.settings = settings;
    this.meter = meter;
  }

  @Override
  public Set<Pull> fetchResources(SFTJob job) {
    var uid = job.getMetadata().getUid();
    var state = states.getOrDefault(uid, State.NEW);
    var pod = Pods.newest(pods.apply(job)).filter(Pods::isReachable);
    var next = pod.map(p -> pull(p, state)).orElse(state.rested());
    states.put(uid, next);
    return next.pull().equals(Pull.NOTHING) ? Set.of() : Set.of(next.pull());
  }

  @Override
  public Optional<Duration> fetchDelay(Set<Pull> last, SFTJob job) {
    var millis = settings.pollInterval().toMillis();
    return Optional.of(
        Duration.ofMillis(
            ThreadLocalRandom.current().nextLong(millis * 2 / 3, millis * 4 / 3 + 1)));
  }

  void forget(SFTJob job) {
    states.remove(job.getMetadata().getUid());
  }

  private State pull(Pod pod, State state) {
    try {
      var snapshot = Snapshots.read(client.fetch(pod.getStatus().getPodIP()));
      Fence.own(snapshot, pod);
      Fence.forward(snapshot, state.pull().last());
      meter.accept(Optional.empty());
      return new State(new Pull(Optional.of(snapshot), Optional.empty()), Optional.empty());
    } catch (UnusableException e) {
      meter.accept(Optional.of(e.problem()));
      return state.failed(e.problem(), Instant.now(), settings.patience());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return state;
    }
  }

  private record State(Pull pull, Optional<Instant> silentSince) {
    static final State NEW = new State(Pull.NOTHING, Optional.empty());

    State failed(Problem problem, Instant now, Duration patience) {
      var since = silentSince.orElse(now);
      var shown = now.isBefore(since.plus(patience)) ? pull.problem() : Optional.of(problem);
      return new State(new Pull(pull.last(), shown), Optional.of(since));
    }

    /** Without a running pod there is nothing to complain of. */
    State rested() {
      return new State(new Pull(pull.last(), Optional.empty()), Optional.empty());
    }
  }
}
