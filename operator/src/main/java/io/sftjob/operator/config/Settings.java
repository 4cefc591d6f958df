package io.sftjob.operator.config;

import java.time.Duration;

/** {@link OperatorConfig} as plain values, for code that is tested without a container. */
public record Settings(Trainer trainer, Progress progress) {

  public static Settings of(OperatorConfig config) {
    var t = config.trainer();
    var p = config.progress();
    return new Settings(
        new Trainer(t.image(), t.pullPolicy(), t.gracePeriodSeconds(), t.port()),
        new Progress(p.timeout(), p.statusInterval(), p.patience()));
  }

  /** See {@link OperatorConfig.Trainer}. */
  public record Trainer(String image, String pullPolicy, long gracePeriodSeconds, int port) {}

  /** See {@link OperatorConfig.Progress}. */
  public record Progress(Duration timeout, Duration statusInterval, Duration patience) {

    /** Mean time between two pulls of one job; each is up to a third earlier or later. */
    public Duration pollInterval() {
      return statusInterval.dividedBy(2);
    }
  }
}
