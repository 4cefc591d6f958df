package io.sftjob.trainer.page;

import java.util.ArrayList;
import java.util.List;

/**
 * Values over steps.
 *
 * @param style of its line, a class of the style sheet
 */
record Series(String name, String style, List<Point> points) {
  /** A value may be not finite. */
  record Point(long step, double value) {}

  Series {
    points = List.copyOf(points);
  }

  boolean isEmpty() {
    return points.stream().noneMatch(point -> Double.isFinite(point.value));
  }

  /**
   * At most about {@code most} points: of each stretch the smallest and the largest value, so that
   * no peak is lost; where one is not finite, that one.
   */
  Series thinned(int most) {
    if (points.size() <= most) {
      return this;
    }
    int stretch = Math.ceilDiv(points.size(), most / 2);
    var kept = new ArrayList<Point>();
    for (int from = 0; from < points.size(); from += stretch) {
      var part = points.subList(from, Math.min(points.size(), from + stretch));
      addExtremes(part, kept);
    }
    return new Series(name, style, kept);
  }

  private static void addExtremes(List<Point> part, List<Point> kept) {
    Point low = part.getFirst();
    Point high = part.getFirst();
    for (Point point : part) {
      if (!Double.isFinite(point.value)) {
        kept.add(point);
        return;
      }
      low = point.value < low.value ? point : low;
      high = point.value > high.value ? point : high;
    }
    kept.add(low.step <= high.step ? low : high);
    if (low != high) {
      kept.add(low.step <= high.step ? high : low);
    }
  }
}
