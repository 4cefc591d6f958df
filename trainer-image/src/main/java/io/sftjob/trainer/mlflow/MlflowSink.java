package io.sftjob.trainer.mlflow;

import io.sftjob.trainer.trail.Cut;
import io.sftjob.trainer.trail.Ending;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.RunFacts;
import io.sftjob.trainer.trail.Sink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an MLflow server of a run, on a thread of its own: nothing that the server does or leaves
 * undone is felt by the training.
 */
public final class MlflowSink implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(MlflowSink.class);

  private final Delivery delivery;
  private final Patience patience;
  private Thread thread;

  /**
   * How long the server is waited for.
   *
   * @param call for one answer
   * @param retry after the first failure; doubled with each, up to a minute
   * @param end for everything that is left when the training is over
   */
  record Patience(Duration call, Duration retry, Duration end) {
    static final Patience USUAL =
        new Patience(Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(12));
  }

  public MlflowSink(MlflowSettings settings, InstantSource clock) {
    this(settings, clock, Patience.USUAL);
  }

  MlflowSink(MlflowSettings settings, InstantSource clock, Patience patience) {
    this.delivery = new Delivery(settings, clock, patience);
    this.patience = patience;
  }

  @Override
  public String name() {
    return "MLflow's run";
  }

  @Override
  public void begin(RunFacts facts, List<Measurement> earlier, Cut cut) {
    earlier.forEach(delivery::offer);
    thread = Thread.ofPlatform().name("mlflow").daemon().start(() -> delivery.run(facts));
  }

  @Override
  public void add(Measurement measurement) {
    delivery.offer(measurement);
  }

  @Override
  public void end(Ending ending) {
    delivery.end(ending.outcome());
    try {
      if (!thread.join(patience.end())) {
        thread.interrupt();
        LOG.warn("MLflow was not told how the run ended: given up after {}", patience.end());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    delivery.tally();
  }
}
