package io.sftjob.e2e;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Follows one SFTJob by a watch: every status that the API server shows, in order. */
public final class JobWatch implements AutoCloseable {
  private record Waiter(Predicate<SFTJob> wanted, CompletableFuture<SFTJob> found) {}

  private final String name;
  private final Watch watch;
  private final List<SFTJob> seen = new ArrayList<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private final Consumer<SFTJob> listener;

  public JobWatch(KubernetesClient client, String namespace, String name) {
    this(client, namespace, name, job -> {});
  }

  /**
   * @param listener is told of every job seen, on the watch's thread
   */
  public JobWatch(
      KubernetesClient client, String namespace, String name, Consumer<SFTJob> listener) {
    this.name = name;
    this.listener = listener;
    this.watch =
        client
            .resources(SFTJob.class)
            .inNamespace(namespace)
            .withName(name)
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, SFTJob job) {
                    accept(job);
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    fail(cause);
                  }
                });
  }

  /**
   * The first job seen from now on, or the newest one, for which {@code wanted} holds.
   *
   * @throws AssertionError with the newest status if it does not come in time
   */
  public SFTJob await(String what, Duration limit, Predicate<SFTJob> wanted) {
    var found = new CompletableFuture<SFTJob>();
    synchronized (this) {
      if (!seen.isEmpty() && wanted.test(seen.getLast())) {
        return seen.getLast();
      }
      waiters.add(new Waiter(wanted, found));
    }
    try {
      return found.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "SFTJob %s: not %s after %s; newest status: %s".formatted(name, what, limit, newest()));
    } catch (ExecutionException e) {
      throw new AssertionError("SFTJob %s: the watch ended".formatted(name), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public SFTJob awaitState(JobState state, Duration limit) {
    return await(state.name(), limit, job -> state == stateOf(job));
  }

  /** The states in the order in which they were seen, repetitions left out. */
  public synchronized List<JobState> states() {
    var states = new ArrayList<JobState>();
    for (var job : seen) {
      var state = stateOf(job);
      if (state != null && (states.isEmpty() || states.getLast() != state)) {
        states.add(state);
      }
    }
    return states;
  }

  /** Every job seen, oldest first. */
  public synchronized List<SFTJob> seen() {
    return List.copyOf(seen);
  }

  public static JobState stateOf(SFTJob job) {
    return job.getStatus() == null ? null : job.getStatus().state();
  }

  /** The condition of a type; fails with what there is if it is missing. */
  public static Condition condition(SFTJob job, String type) {
    var conditions = job.getStatus() == null ? List.<Condition>of() : job.getStatus().conditions();
    return conditions.stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no condition " + type + " in " + conditions));
  }

  private synchronized SFTJobStatus newest() {
    return seen.isEmpty() ? null : seen.getLast().getStatus();
  }

  private synchronized void accept(SFTJob job) {
    seen.add(job);
    listener.accept(job);
    waiters.removeIf(waiter -> waiter.wanted.test(job) && waiter.found.complete(job));
  }

  private synchronized void fail(WatcherException cause) {
    var reason = cause == null ? new KubernetesClientException("watch closed") : cause;
    waiters.forEach(waiter -> waiter.found.completeExceptionally(reason));
    waiters.clear();
  }

  @Override
  public void close() {
    watch.close();
  }
}
