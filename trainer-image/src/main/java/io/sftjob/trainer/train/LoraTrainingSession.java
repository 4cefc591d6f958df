package io.sftjob.trainer.train;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.SplitMix64;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** LoRA fine-tuning: only the adapter changes. */
final class LoraTrainingSession implements TrainingSession {
  private static final Logger LOG = LoggerFactory.getLogger(LoraTrainingSession.class);

  private final TrainSettings settings;
  private final List<PackedRow> train;
  private final List<PackedRow> eval;
  private final BatchPlan plan;
  private final LrSchedule schedule;
  private final LoraAdapter adapter;
  private final AdamW optimizer;
  private final Backprop backprop;
  private TrainCounts counts = TrainCounts.NONE;

  LoraTrainingSession(
      TrainSettings settings, Rows rows, LoraAdapter adapter, AdamW optimizer, Backprop backprop) {
    this.settings = settings;
    this.train = rows.train();
    this.eval = rows.eval();
    this.plan =
        new BatchPlan(train.size(), settings.batchSize(), settings.accumulation(), settings.seed());
    long total = plan.totalSteps(settings.length());
    this.schedule = LrSchedule.of(settings.rate(), total);
    this.adapter = adapter;
    this.optimizer = optimizer;
    this.backprop = backprop;
  }

  record Rows(List<PackedRow> train, List<PackedRow> eval) {}

  /** Goes on from there. */
  LoraTrainingSession at(TrainCounts before) {
    counts = before;
    return this;
  }

  @Override
  public long step() {
    return counts.step();
  }

  @Override
  public double epoch() {
    return plan.epoch(counts.step());
  }

  @Override
  public long totalSteps() {
    return schedule.total();
  }

  @Override
  public Optional<StepResult> next(BooleanSupplier stop) {
    long begin = System.nanoTime();
    long step = counts.step();
    List<int[]> window = plan.microBatches(step);
    List<TokenBatch> batches = window.stream().map(rows -> batch(train, rows)).toList();
    long targets = batches.stream().mapToLong(batch -> batch.targets().length).sum();
    long tokens = batches.stream().mapToLong(TokenBatch::tokens).sum();
    long followed = batches.stream().mapToLong(TokenBatch::followed).sum();
    var divisors = new Backprop.Divisors(targets / counts.scale(), followed / counts.scale());
    double sum = 0;
    for (int i = 0; i < batches.size(); i++) {
      long seed = SplitMix64.seed(settings.seed(), step, i);
      OptionalDouble added = backprop.add(batches.get(i), divisors, seed, stop);
      if (added.isEmpty()) {
        optimizer.discard();
        return Optional.empty();
      }
      sum += added.getAsDouble();
    }
    double loss = sum / targets;
    double learningRate = schedule.at(counts.updates());
    double norm = update(loss, learningRate);
    if (Double.isFinite(norm)) {
      counts = counts.stepped(tokens);
    } else {
      passOver(tokens, loss, norm, window);
    }
    return Optional.of(
        new StepResult(
            counts,
            plan.epoch(counts.step()),
            loss,
            learningRate,
            norm,
            window.stream().mapToInt(rows -> rows.length).sum(),
            tokens,
            targets,
            (System.nanoTime() - begin) / 1e9));
  }

  /** Changes the weights, if all is finite; returns the gradients' norm. */
  private double update(double loss, double learningRate) {
    if (!Double.isFinite(loss)) {
      optimizer.discard();
      return Double.NaN;
    }
    return optimizer.step(counts.updates() + 1, learningRate, counts.scale(), settings.optimizer());
  }

  /**
   * One bad batch is passed over, as the weights are still good; several in a row are a training
   * that has diverged.
   */
  private void passOver(long tokens, double loss, double norm, List<int[]> window) {
    TrainCounts before = counts;
    counts = counts.passedOver(tokens, Double.isFinite(loss));
    if (counts.rescaledSteps() > before.rescaledSteps()) {
      LOG.info(
          "Step {}: the gradients overflowed float16 at the loss scale {}; nothing was changed, and the scale is {} now",
          counts.step(),
          (long) before.scale(),
          (long) counts.scale());
      return;
    }
    LOG.warn(
        "Step {} changed nothing: loss {}, gradient norm {} ({} in a row); its rows were {}",
        counts.step(),
        loss,
        norm,
        counts.skippedInARow(),
        Sources.of(train, window));
    if (counts.skippedInARow() >= settings.maxNonFinite()) {
      throw new TrainerException(
          ExitCode.NonFiniteLoss,
          "The loss or its gradient was not finite in %d steps in a row, up to step %d (loss %s, gradient norm %s). The last of them saw %s. Lower spec.training.learningRate, or use spec.model.dtype %s."
              .formatted(
                  counts.skippedInARow(),
                  counts.step(),
                  loss,
                  norm,
                  Sources.of(train, window),
                  counts.lossScale() == null ? "Float32" : "BFloat16 or Float32"));
    }
  }

  @Override
  public Optional<EvalResult> evaluate(BooleanSupplier stop) {
    double[] sums = new double[3];
    long targets = 0;
    for (int from = 0; from < eval.size(); from += settings.batchSize()) {
      int to = Math.min(eval.size(), from + settings.batchSize());
      TokenBatch batch = TokenBatch.of(eval.subList(from, to));
      Optional<float[]> evaluated = backprop.evaluate(batch, stop);
      if (evaluated.isEmpty()) {
        return Optional.empty();
      }
      float[] found = evaluated.get();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += found[i];
      }
      targets += batch.targets().length;
    }
    return targets == 0
        ? Optional.empty()
        : Optional.of(
            new EvalResult(sums[0] / targets, sums[1] / targets, sums[2] / targets, targets));
  }

  @Override
  public TrainState snapshot() {
    return optimizer.state(counts);
  }

  private static TokenBatch batch(List<PackedRow> rows, int[] numbers) {
    return TokenBatch.of(Arrays.stream(numbers).mapToObj(rows::get).toList());
  }

  @Override
  public void close() {
    optimizer.close();
    adapter.close();
  }
}
