package io.sftjob.trainer.run;

import io.sftjob.trainer.checkpoint.Evaluations;
import io.sftjob.trainer.checkpoint.OpenedOutput;
import io.sftjob.trainer.mlflow.MlflowSink;
import io.sftjob.trainer.page.ModelCard;
import io.sftjob.trainer.page.ReportPage;
import io.sftjob.trainer.report.ProcessMemory;
import io.sftjob.trainer.tensorboard.EventFile;
import io.sftjob.trainer.trail.Cut;
import io.sftjob.trainer.trail.Ending;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Measurement.Kind;
import io.sftjob.trainer.trail.MetricsFile;
import io.sftjob.trainer.trail.Names;
import io.sftjob.trainer.trail.Sink;
import io.sftjob.trainer.trail.Trail;
import io.sftjob.trainer.train.EvalResult;
import io.sftjob.trainer.train.StepResult;
import io.sftjob.trainer.train.TrainState;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A training's steps and evaluations as measurements, on their way into the output folder. */
final class RunTrail implements RunListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunTrail.class);

  private final Clock clock;
  private final long rowLength;
  private final ModelCard card = new ModelCard();
  private final Trail trail;

  private RunTrail(OpenedOutput opened, TrailSetup setup, Clock clock) {
    this.clock = clock;
    this.rowLength = setup.rowLength();
    var sinks = new ArrayList<Sink>();
    sinks.add(new EventFile(opened.output().tensorboard(), clock));
    sinks.add(new ReportPage(opened.output().report(), clock));
    sinks.add(card);
    setup.mlflow().ifPresent(server -> sinks.add(new MlflowSink(server, clock)));
    this.trail =
        new Trail(new MetricsFile(opened.output().metrics()), sinks, opened.ownership()::require);
  }

  /** Goes on where a checkpoint stands, or begins anew. */
  static RunTrail begin(
      OpenedOutput opened, TrailSetup setup, Optional<TrainState> resume, Evaluations evaluations) {
    var begun = new RunTrail(opened, setup, Clock.systemUTC());
    begun.trail.begin(
        setup.facts(),
        resume.map(state -> new Cut(state.counts().step(), evaluations.step())).orElse(Cut.ALL));
    return begun;
  }

  @Override
  public void step(StepResult step) {
    var values = new LinkedHashMap<String, Number>();
    values.put(Names.LOSS, step.loss());
    values.put(Names.GRAD_NORM, step.gradNorm());
    values.put(Names.LEARNING_RATE, step.learningRate());
    values.put(Names.NUM_TOKENS, step.counts().tokensSeen());
    values.put(Names.TOKENS_PER_SECOND, step.tokens() / step.seconds());
    values.put(Names.TARGETS_PER_SECOND, step.targets() / step.seconds());
    values.put(Names.FILL, (double) step.tokens() / (step.rows() * rowLength));
    values.put(Names.SKIPPED_STEPS, step.counts().skippedSteps());
    if (step.counts().lossScale() != null) {
      values.put(Names.LOSS_SCALE, step.counts().lossScale().scale());
    }
    values.put(Names.MEMORY, (long) ProcessMemory.residentBytes());
    add(Kind.Train, step.step(), step.epoch(), values);
  }

  @Override
  public void evaluated(long step, double epoch, EvalResult result) {
    var values = new LinkedHashMap<String, Number>();
    values.put(Names.EVAL_LOSS, result.loss());
    values.put(Names.EVAL_PERPLEXITY, result.perplexity());
    values.put(Names.EVAL_ACCURACY, result.accuracy());
    values.put(Names.EVAL_ENTROPY, result.entropy());
    values.put(Names.EVAL_TARGETS, result.targets());
    add(Kind.Evaluation, step, epoch, values);
  }

  private void add(Kind kind, long step, double epoch, Map<String, Number> values) {
    var time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    trail.add(new Measurement(kind, step, epoch, time, values));
  }

  /** Returns when all that was heard so far is durable. */
  void sync() {
    trail.sync();
  }

  /** Files for the people who find the adapter: its model card. */
  Map<String, byte[]> besideAdapter() {
    try {
      trail.sync();
      return Map.of(ModelCard.FILE, card.text().getBytes(StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      LOG.warn("The adapter has no model card: {}", e.toString());
      LOG.debug("Where it happened:", e);
      return Map.of();
    }
  }

  /** Runs a training to its end, and says how it ended; empty stands for stopped. */
  <T> Optional<T> through(Supplier<Optional<T>> training) {
    try {
      var result = training.get();
      trail.end(result.isPresent() ? Ending.SUCCEEDED : Ending.PREEMPTED);
      return result;
    } catch (RuntimeException | Error e) {
      trail.end(Ending.failed(Failures.of(e).message()));
      throw e;
    }
  }

  @Override
  public void close() {
    trail.close();
  }
}
