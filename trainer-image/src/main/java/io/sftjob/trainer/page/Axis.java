package io.sftjob.trainer.page;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * An axis with round ticks.
 *
 * @param low the first tick
 * @param high the last tick
 */
record Axis(double low, double high, double step) {

  /** The smallest axis over all finite values, of about {@code ticks} ticks. */
  static Axis over(DoubleStream values, int ticks) {
    var range = values.filter(Double::isFinite).summaryStatistics();
    if (range.getCount() == 0) {
      return new Axis(0, 1, 1);
    }
    double low = range.getMin();
    double high = range.getMax();
    if (low == high) {
      double around = low == 0 ? 1 : Math.abs(low) / 2;
      low -= around;
      high += around;
    }
    double step = round((high - low) / ticks);
    return new Axis(Math.floor(low / step) * step, Math.ceil(high / step) * step, step);
  }

  /** The next of 1, 2, 5, 10, 20 … */
  private static double round(double raw) {
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double mantissa = raw / power;
    return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
  }

  List<Double> ticks() {
    var ticks = new ArrayList<Double>();
    long count = Math.round((high - low) / step);
    for (int i = 0; i <= count; i++) {
      double tick = low + i * step;
      // 0.1 · 3 − 0.3 is no label.
      ticks.add(Math.abs(tick) < step / 1e6 ? 0.0 : tick);
    }
    return ticks;
  }

  /** 0 at the low end, 1 at the high. */
  double part(double value) {
    return (value - low) / (high - low);
  }
}
