package io.sftjob.trainer.mlflow;

import io.sftjob.api.progress.Outcome;
import io.sftjob.trainer.mlflow.MlflowSink.Patience;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.RunFacts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measurements on their way to a server: kept while it is away, as many as there is room for. */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  static final int ROOM = 2000;

  /** Of at most ten metrics each: below MLflow's limit of 1000 in a request. */
  private static final int BATCH = 50;

  private static final Duration SENDING = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  private final MlflowSettings settings;
  private final InstantSource clock;
  private final Patience patience;
  private final BlockingQueue<Measurement> waiting = new LinkedBlockingQueue<>(ROOM);
  private final AtomicLong lost = new AtomicLong();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Measurement> batch = new ArrayList<>();
  private volatile Outcome outcome;
  private boolean away;
  private boolean refused;

  Delivery(MlflowSettings settings, InstantSource clock, Patience patience) {
    this.settings = settings;
    this.clock = clock;
    this.patience = patience;
  }

  /** Never waits. */
  void offer(Measurement measurement) {
    if (!waiting.offer(measurement)) {
      lost.incrementAndGet();
    }
  }

  void end(Outcome how) {
    outcome = how;
    over.countDown();
  }

  /** Says what the server has not got. */
  void tally() {
    long missing = lost.get() + waiting.size() + inFlight();
    if (missing > 0) {
      LOG.warn(
          "MLflow at {} has not got {} measurements; all are in metrics.jsonl", settings, missing);
    }
  }

  /** Until the run is over and all is sent, or the one try after that has failed. */
  void run(RunFacts facts) {
    try (var api = new MlflowApi(settings, patience.call())) {
      deliver(api, facts);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("MLflow at {} is not told any more: {}", settings, e.toString());
    }
  }

  private void deliver(MlflowApi api, RunFacts facts) throws InterruptedException {
    MlflowRun run = null;
    Duration pause = patience.retry();
    while (true) {
      boolean last = over.getCount() == 0;
      try {
        if (run == null) {
          run = MlflowRun.open(api, settings, facts, clock.instant());
        }
        send(run);
        back();
        if (last) {
          run.end(outcome, clock.instant());
          return;
        }
        pause = patience.retry();
        await(SENDING);
      } catch (MlflowException e) {
        failed(e);
        if (last) {
          return;
        }
        await(pause);
        pause = longer(pause);
      }
    }
  }

  private static Duration longer(Duration pause) {
    var doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY;
  }

  private void await(Duration atMost) throws InterruptedException {
    over.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void send(MlflowRun run) throws MlflowException, InterruptedException {
    while (true) {
      synchronized (batch) {
        waiting.drainTo(batch, BATCH - batch.size());
      }
      if (batch.isEmpty()) {
        return;
      }
      try {
        run.log(List.copyOf(batch));
      } catch (MlflowException e) {
        if (!e.isFinal()) {
          throw e;
        }
        refused(e);
      }
      synchronized (batch) {
        batch.clear();
      }
    }
  }

  private int inFlight() {
    synchronized (batch) {
      return batch.size();
    }
  }

  private void refused(MlflowException e) {
    lost.addAndGet(batch.size());
    if (!refused) {
      LOG.warn("MLflow at {} refuses measurements: {}", settings, e.getMessage());
    }
    refused = true;
  }

  private void failed(MlflowException e) {
    if (away) {
      LOG.debug("MLflow at {}: {}", settings, e.getMessage());
    } else {
      LOG.warn("MLflow at {}: {}. The training goes on without it", settings, e.getMessage());
    }
    away = true;
  }

  private void back() {
    if (away) {
      LOG.info("MLflow at {} takes the metrics again", settings);
    }
    away = false;
  }
}
