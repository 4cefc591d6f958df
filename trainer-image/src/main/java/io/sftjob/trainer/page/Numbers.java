package io.sftjob.trainer.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for people. */
final class Numbers {
  private static final String NONE = "–";

  private Numbers() {}

  /** 12,345 */
  static String whole(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%,d", Math.round(value)) : NONE;
  }

  /** 1.2345 */
  static String fixed(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : text(value);
  }

  /** Three digits: 0.25, 2e-5. */
  static String few(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return value == 0 ? "0" : text(value);
    }
    var rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    return exponent < -4 || exponent > 5
        ? rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent
        : rounded.toPlainString();
  }

  /** 45.6 % */
  static String percent(double part) {
    return Double.isFinite(part) ? String.format(Locale.ROOT, "%.1f %%", 100 * part) : NONE;
  }

  private static String text(double value) {
    return Double.isNaN(value) ? NONE : String.valueOf(value);
  }
}
