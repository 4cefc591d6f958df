package io.sftjob.trainer.imports;

import io.sftjob.api.v1alpha1.PackingStrategy;

/** How rows are put together. Both programs pack a thousand rows at a time. */
record PackingMapping(Carrier carrier) {
  private static final int WINDOW = 1000;

  /**
   * @param name of the argument that says it
   */
  void map(String name, PackingStrategy strategy) {
    carrier.set(name, "packing.strategy", strategy.name());
    switch (strategy) {
      case Bfd, BfdSplit, Wrapped ->
          carrier.draft().set("packing.window", WINDOW, carrier.program().title() + "'s");
      case None, ConstantLength -> {}
    }
  }
}
