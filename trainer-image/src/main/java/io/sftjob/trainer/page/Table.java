package io.sftjob.trainer.page;

import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Measurement.Kind;
import io.sftjob.trainer.trail.Names;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measurements as a table.
 *
 * @param total measurements, of which {@code rows} are evenly chosen ones
 */
record Table(List<String> columns, List<List<String>> rows, int total) {
  private record Column(String title, Function<Measurement, String> cell) {}

  private static final List<Column> TRAINING =
      List.of(
          new Column("Step", m -> Numbers.whole(m.step())),
          new Column("Epoch", m -> Numbers.few(m.epoch())),
          new Column("Loss", m -> Numbers.fixed(m.value(Names.LOSS))),
          new Column("Learning rate", m -> Numbers.few(m.value(Names.LEARNING_RATE))),
          new Column("Gradient norm", m -> Numbers.few(m.value(Names.GRAD_NORM))),
          new Column("Tokens/s", m -> Numbers.whole(m.value(Names.TOKENS_PER_SECOND))),
          new Column("Targets/s", m -> Numbers.whole(m.value(Names.TARGETS_PER_SECOND))),
          new Column("Fill", m -> Numbers.percent(m.value(Names.FILL))),
          new Column("Memory, MB", m -> Numbers.whole(m.value(Names.MEMORY) / 1e6)));

  private static final List<Column> EVALUATION =
      List.of(
          new Column("Step", m -> Numbers.whole(m.step())),
          new Column("Epoch", m -> Numbers.few(m.epoch())),
          new Column("Loss", m -> Numbers.fixed(m.value(Names.EVAL_LOSS))),
          new Column("Perplexity", m -> Numbers.few(m.value(Names.EVAL_PERPLEXITY))),
          new Column("Token accuracy", m -> Numbers.percent(m.value(Names.EVAL_ACCURACY))),
          new Column("Entropy", m -> Numbers.fixed(m.value(Names.EVAL_ENTROPY))));

  /** At most {@code most} rows, the first and the last among them. */
  static Table of(Kind kind, List<Measurement> all, int most) {
    var columns = kind == Kind.Train ? TRAINING : EVALUATION;
    var measured = all.stream().filter(m -> m.kind() == kind).toList();
    return new Table(
        columns.stream().map(Column::title).toList(),
        chosen(measured, most)
            .map(m -> columns.stream().map(c -> c.cell.apply(m)).toList())
            .toList(),
        measured.size());
  }

  /** For the templates. */
  public boolean isPart() {
    return rows.size() < total;
  }

  private static Stream<Measurement> chosen(List<Measurement> all, int most) {
    int rows = Math.min(all.size(), most);
    return rows < 2
        ? all.stream().limit(rows)
        : IntStream.range(0, rows)
            .mapToObj(i -> all.get((int) ((long) i * (all.size() - 1) / (rows - 1))));
  }
}
