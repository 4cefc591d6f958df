package io.sftjob.trainer.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.page.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

class ChartTest {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+\\.[0-9]");

  @Property(tries = 200)
  void everythingLiesInTheDrawing(
      @ForAll @Size(min = 1, max = 2000) List<@DoubleRange(min = -1e9, max = 1e9) Double> values) {
    var chart = Chart.of("c", "t", List.of(series(values)), Numbers::few);
    var numbers = NUMBER.matcher(chart.lines().getFirst().path());
    var coordinates = new ArrayList<Double>();
    while (numbers.find()) {
      coordinates.add(Double.valueOf(numbers.group()));
    }
    for (int i = 0; i < coordinates.size(); i += 2) {
      assertThat(coordinates.get(i)).isBetween(0.0, (double) Chart.WIDTH);
      assertThat(coordinates.get(i + 1)).isBetween(0.0, (double) Chart.HEIGHT);
    }
    assertThat(chart.values()).hasSizeBetween(2, 8);
  }

  @Property(tries = 200)
  void thinningKeepsThePeaks(
      @ForAll @Size(min = 1, max = 3000) List<@DoubleRange(min = -1e3, max = 1e3) Double> values) {
    var thinned = series(values).thinned(100);
    assertThat(thinned.points()).hasSizeLessThanOrEqualTo(100);
    assertThat(thinned.points())
        .extracting(Point::value)
        .contains(values.stream().max(Double::compare).orElseThrow())
        .contains(values.stream().min(Double::compare).orElseThrow());
    assertThat(thinned.points()).isSortedAccordingTo((a, b) -> Long.compare(a.step(), b.step()));
  }

  @Example
  void ticksAreRound() {
    assertThat(Axis.over(List.of(0.13, 2.9).stream().mapToDouble(d -> d), 4).ticks())
        .extracting(Numbers::few)
        .containsExactly("0", "1", "2", "3");
    assertThat(Axis.over(List.of(1e-5, 2e-4).stream().mapToDouble(d -> d), 4).ticks())
        .extracting(Numbers::few)
        .containsExactly("0", "5e-5", "0.0001", "0.00015", "0.0002");
  }

  private static Series series(List<Double> values) {
    var points = new ArrayList<Point>();
    for (int i = 0; i < values.size(); i++) {
      points.add(new Point(i + 1, values.get(i)));
    }
    return new Series("s", "first", points);
  }
}
