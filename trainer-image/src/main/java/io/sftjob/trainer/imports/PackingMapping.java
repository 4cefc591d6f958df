package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;

/** How rows are put together. Only {@code BfdSplit} can be asked for. */
record PackingMapping(Carrier carrier) {

  /**
   * @param name of the argument that says it
   * @param packed whether rows are packed at all
   */
  void map(String name, boolean packed, String lengthName, Integer length) {
    carrier.set(name, "packing.strategy", "BfdSplit");
    if (!packed) {
      carrier.note(
          Kind.Differs,
          name,
          "rows share a sequence here and do not see each other: the same loss for each target, but a"
              + " batch holds more rows, so lower training.batchSize or gradientAccumulationSteps");
    }
    carrier.set(lengthName, "packing.maxLength", length);
  }
}
