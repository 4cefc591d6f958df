package io.sftjob.trainer.trail;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.concurrent.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stays of a run beside its adapter: measurements go to sinks, on a thread of their own. A
 * sink's failure is a warning, never the run's end.
 */
public final class Trail implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Trail.class);

  /** Longer than any sink may take to end. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MetricsFile metrics;
  private final List<Sink> sinks;
  private final Fence fence;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("trail").daemon().factory());

  private interface Call {
    void to(Sink sink) throws IOException;
  }

  /**
   * @param metrics what resumes go by; every other sink comes after it
   */
  public Trail(MetricsFile metrics, List<Sink> sinks, Fence fence) {
    this.metrics = metrics;
    this.sinks = new ArrayList<>(sinks);
    this.sinks.addFirst(metrics);
    this.fence = fence;
  }

  /** Begins, or goes on from where a checkpoint stands. */
  public void begin(RunFacts facts, Cut cut) {
    submit(
        () -> {
          List<Measurement> earlier = earlier(cut);
          each(sink -> sink.begin(facts, earlier, cut));
        });
  }

  public void add(Measurement measurement) {
    submit(() -> each(sink -> sink.add(measurement)));
  }

  /** Returns when everything that was added so far is durable. */
  public void sync() {
    Await.result(thread.submit(() -> each(Sink::sync)), "the metrics were written");
  }

  public void end(Ending ending) {
    submit(() -> each(sink -> sink.end(ending)));
  }

  /** Waits for the sinks, but not for ever: a hanging volume has had its time. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("The output's reports are not finished after {}: given up", PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Measurement> earlier(Cut cut) {
    try {
      return metrics.earlier(cut);
    } catch (IOException e) {
      LOG.warn(
          "{} can not be read, and is not written any further: {}", metrics.name(), e.toString());
      sinks.remove(metrics);
      return List.of();
    }
  }

  private void submit(Runnable work) {
    thread.execute(work);
  }

  private void each(Call call) {
    if (sinks.isEmpty() || !owned()) {
      return;
    }
    sinks.removeIf(sink -> !works(sink, call));
  }

  private boolean owned() {
    try {
      fence.require();
      return true;
    } catch (TrainerException fenced) {
      // The training finds that out at its next commit, and says so.
      LOG.debug("No more reports are written: {}", fenced.getMessage());
    } catch (IOException e) {
      LOG.warn("No more reports are written: the output's owner can not be read: {}", e.toString());
    }
    sinks.clear();
    return false;
  }

  private static boolean works(Sink sink, Call call) {
    try {
      call.to(sink);
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} is not written any further: {}", sink.name(), e.toString());
      LOG.debug("Where it happened:", e);
      return false;
    }
  }
}
