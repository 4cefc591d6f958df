package io.sftjob.trainer.page;

import static io.sftjob.trainer.trail.Names.EVAL_LOSS;
import static io.sftjob.trainer.trail.Names.GRAD_NORM;
import static io.sftjob.trainer.trail.Names.LEARNING_RATE;
import static io.sftjob.trainer.trail.Names.LOSS;
import static io.sftjob.trainer.trail.Names.TOKENS_PER_SECOND;

import io.sftjob.trainer.page.Series.Point;
import io.sftjob.trainer.trail.Measurement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The charts of a report. */
final class Charts {
  private static final String FIRST = "first";
  private static final String SECOND = "second";

  private Charts() {}

  /** Those that have something to show. */
  static List<Chart> of(List<Measurement> all) {
    return Stream.of(
            Chart.of(
                "loss",
                "Loss (nats per target)",
                List.of(
                    series("training", FIRST, LOSS, all),
                    series("evaluation", SECOND, EVAL_LOSS, all)),
                Numbers::few),
            one("learning-rate", "Learning rate", LEARNING_RATE, all),
            one("grad-norm", "Gradient norm (before clipping)", GRAD_NORM, all),
            Chart.of(
                "throughput",
                "Throughput (tokens per second)",
                List.of(series("tokens per second", FIRST, TOKENS_PER_SECOND, all)),
                Numbers::whole))
        .filter(chart -> !chart.isEmpty())
        .toList();
  }

  private static Chart one(String id, String title, String name, List<Measurement> all) {
    var series = series(title.toLowerCase(Locale.ROOT), FIRST, name, all);
    return Chart.of(id, title, List.of(series), Numbers::few);
  }

  private static Series series(String title, String style, String name, List<Measurement> all) {
    return new Series(
        title,
        style,
        all.stream()
            .filter(m -> m.values().containsKey(name))
            .map(m -> new Point(m.step(), m.value(name)))
            .toList());
  }
}
