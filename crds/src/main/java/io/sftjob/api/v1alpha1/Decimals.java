package io.sftjob.api.v1alpha1;

/** Decimal strings: the API has no floats, so that what Git holds is what the trainer reads. */
public final class Decimals {
  public static final String PATTERN = "^[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,2})?$";

  private Decimals() {}

  /** The value of a decimal string that matches {@link #PATTERN}. */
  public static double parse(String decimal) {
    return Double.parseDouble(decimal);
  }
}
