package io.sftjob.trainer.page;

import io.sftjob.trainer.page.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * A line chart, ready to be drawn as SVG: coordinates and labels are strings.
 *
 * @param id unique in the page
 * @param description in words, for who does not see it
 */
record Chart(
    String id,
    String title,
    String description,
    List<Line> lines,
    List<Tick> steps,
    List<Tick> values) {

  /** In user units of the SVG, which scales to the width of the page. */
  static final int WIDTH = 520;

  static final int HEIGHT = 240;
  private static final int LEFT = 62;
  private static final int RIGHT = 14;
  private static final int TOP = 12;
  private static final int BOTTOM = 30;
  private static final int POINTS = 400;

  /** Above that many points, dots would hide their line. */
  private static final int DOTS = 30;

  /**
   * @param path of SVG; broken where a value is not finite
   */
  record Line(String name, String style, String path, List<Dot> dots) {}

  record Dot(String x, String y) {}

  /** A line of the grid and its label, at x or y. */
  record Tick(String at, String label) {}

  static Chart of(String id, String title, List<Series> all, DoubleFunction<String> label) {
    var series = all.stream().filter(s -> !s.isEmpty()).map(s -> s.thinned(POINTS)).toList();
    var points = series.stream().flatMap(s -> s.points().stream()).toList();
    var x = Axis.over(points.stream().mapToDouble(Point::step), 5);
    var y = Axis.over(points.stream().mapToDouble(Point::value), 4);
    return new Chart(
        id,
        title,
        describe(series, label),
        series.stream().map(s -> line(s, x, y)).toList(),
        x.ticks().stream()
            .filter(step -> step == Math.rint(step))
            .map(step -> new Tick(across(x, step), Numbers.whole(step)))
            .toList(),
        y.ticks().stream().map(value -> new Tick(down(y, value), label.apply(value))).toList());
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  private static Line line(Series series, Axis x, Axis y) {
    var path = new StringBuilder();
    var dots = new ArrayList<Dot>();
    boolean begun = false;
    for (Point point : series.points()) {
      if (!Double.isFinite(point.value())) {
        begun = false;
        continue;
      }
      var dot = new Dot(across(x, point.step()), down(y, point.value()));
      path.append(begun ? 'L' : 'M').append(dot.x).append(' ').append(dot.y);
      dots.add(dot);
      begun = true;
    }
    return new Line(
        series.name(), series.style(), path.toString(), dots.size() <= DOTS ? dots : List.of());
  }

  private static String describe(List<Series> all, DoubleFunction<String> label) {
    var words = new ArrayList<String>();
    for (var series : all) {
      var finite = series.points().stream().filter(p -> Double.isFinite(p.value())).toList();
      var range = finite.stream().mapToDouble(Point::value).summaryStatistics();
      words.add(
          "%s: from %s at step %d to %s at step %d, lowest %s, highest %s."
              .formatted(
                  series.name(),
                  label.apply(finite.getFirst().value()),
                  finite.getFirst().step(),
                  label.apply(finite.getLast().value()),
                  finite.getLast().step(),
                  label.apply(range.getMin()),
                  label.apply(range.getMax())));
    }
    return String.join(" ", words);
  }

  private static String across(Axis x, double step) {
    return coordinate(LEFT + x.part(step) * (WIDTH - LEFT - RIGHT));
  }

  private static String down(Axis y, double value) {
    return coordinate(HEIGHT - BOTTOM - y.part(value) * (HEIGHT - TOP - BOTTOM));
  }

  private static String coordinate(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
