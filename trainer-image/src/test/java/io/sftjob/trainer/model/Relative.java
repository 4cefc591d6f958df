package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

/** Tensors of two implementations. */
public final class Relative {
  private Relative() {}

  /** No element differs by more than that part of the largest. */
  public static void assertClose(String what, float[] found, float[] expected, double tolerance) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    double scale = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(expected[i] - found[i]));
    }
    assertThat(difference).as(what).isLessThanOrEqualTo(tolerance * scale);
  }
}
