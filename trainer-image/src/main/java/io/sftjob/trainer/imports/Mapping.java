package io.sftjob.trainer.imports;

/** What a program's arguments mean in the fields of a job. */
interface Mapping {
  /** Arguments that have a field become it. */
  void map(Carrier carrier, Places places);

  static Mapping of(Program program) {
    return switch (program) {
      case trl -> new TrlMapping();
      case llamafactory -> new LlamaFactoryMapping();
    };
  }
}
