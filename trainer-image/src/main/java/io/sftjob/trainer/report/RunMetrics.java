package io.sftjob.trainer.report;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import java.util.function.Function;

/** The state of a run as Prometheus metrics; every scrape reads the newest snapshot. */
public final class RunMetrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  public RunMetrics(Progress progress) {
    gauge(progress, "sft.step", "Optimizer steps done", ProgressSnapshot::step);
    gauge(progress, "sft.steps.planned", "Optimizer steps of the run", s -> s.totalSteps());
    gauge(progress, "sft.epoch", "Passes over the data", ProgressSnapshot::epoch);
    gauge(progress, "sft.loss", "Mean loss per target, nats", ProgressSnapshot::loss);
    gauge(progress, "sft.eval.loss", "Mean evaluation loss, nats", ProgressSnapshot::evalLoss);
    gauge(progress, "sft.eval.perplexity", "exp(eval loss)", ProgressSnapshot::evalPerplexity);
    gauge(progress, "sft.eval.accuracy", "Likeliest tokens that are right", s -> s.evalAccuracy());
    gauge(progress, "sft.eval.entropy", "Of the predictions, nats", ProgressSnapshot::evalEntropy);
    gauge(progress, "sft.learning.rate", "Of the last step", ProgressSnapshot::learningRate);
    gauge(progress, "sft.grad.norm", "Global norm before clipping", ProgressSnapshot::gradNorm);
    gauge(progress, "sft.loss.scale", "Of the next step, in Float16", ProgressSnapshot::lossScale);
    gauge(progress, "sft.tokens.per.second", "Throughput", ProgressSnapshot::tokensPerSecond);
    gauge(progress, "sft.targets.per.second", "Targets of the loss", s -> s.targetsPerSecond());
    gauge(progress, "sft.fill", "Packed tokens, as a part of the room", ProgressSnapshot::fill);
    gauge(progress, "sft.eta.seconds", "Time to the last step", ProgressSnapshot::etaSeconds);
    gauge(progress, "sft.attempt", "1, and one more for each resume", ProgressSnapshot::attempt);
    FunctionCounter.builder("sft.tokens.seen", progress, p -> p.snapshot().tokensSeen())
        .description("Tokens through forward and backward")
        .register(registry);
    FunctionCounter.builder("sft.steps.skipped", progress, p -> p.snapshot().skippedSteps())
        .description("Steps whose loss or gradient was not finite")
        .register(registry);
    FunctionCounter.builder("sft.steps.rescaled", progress, p -> p.snapshot().rescaledSteps())
        .description("Steps whose float16 gradients overflowed at the loss scale")
        .register(registry);
    for (var phase : Phase.values()) {
      Gauge.builder("sft.phase", progress, p -> p.snapshot().phase() == phase ? 1 : 0)
          .description("1 for the phase that the run is in")
          .tag("phase", phase.name())
          .register(registry);
    }
    Gauge.builder("sft.memory.resident.bytes", ProcessMemory::residentBytes)
        .description("Resident memory of the process")
        .register(registry);
    Gauge.builder("sft.memory.peak.bytes", ProcessMemory::peakBytes)
        .description("Largest resident memory since the start")
        .register(registry);
  }

  /** The text format of Prometheus. */
  public String scrape() {
    return registry.scrape();
  }

  private void gauge(
      Progress progress, String name, String help, Function<ProgressSnapshot, Number> value) {
    Gauge.builder(
            name,
            progress,
            p -> {
              Number number = value.apply(p.snapshot());
              return number == null ? Double.NaN : number.doubleValue();
            })
        .description(help)
        .register(registry);
  }
}
