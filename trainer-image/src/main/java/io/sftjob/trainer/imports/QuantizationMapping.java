package io.sftjob.trainer.imports;

/** bitsandbytes' words, under each program's names. */
record QuantizationMapping(Carrier carrier) {
  private static final String MODE = "model.quantization.mode";

  void inEight(String name) {
    carrier.set(name, MODE, "Int8");
  }

  /**
   * @param type {@code nf4} or {@code fp4}
   */
  void inFour(String name, String type, String nested) {
    String kind = carrier.arguments().text(type);
    carrier.set(
        carrier.arguments().isGiven(type) ? type : name,
        MODE,
        switch (kind) {
          case "nf4" -> "NF4";
          case "fp4" -> "FP4";
          default -> throw Values.invalid(type, kind, "nf4 or fp4");
        });
    carrier.flag(nested, "model.quantization.doubleQuant");
  }
}
