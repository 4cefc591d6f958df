package io.sftjob.trainer.inspect;

/** A line about a model. */
record Fact(String name, String value) {
  private static final String FORMAT = "%-13s %s";

  @Override
  public String toString() {
    return FORMAT.formatted(name, value);
  }
}
