package io.sftjob.trainer.quant;

import java.util.Optional;

/**
 * What bitsandbytes calls the tensors that a quantized weight {@code module.weight} consists of.
 */
final class PartNames {
  static final String WEIGHT = ".weight";
  private static final String STATE = ".quant_state.bitsandbytes__";
  private static final String SCALES = ".SCB";

  private PartNames() {}

  static String state(String weight, Codebook codebook) {
    return weight + STATE + codebook.key();
  }

  static String absmax(String weight) {
    return weight + ".absmax";
  }

  static String map(String weight) {
    return weight + ".quant_map";
  }

  static String nestedAbsmax(String weight) {
    return weight + ".nested_absmax";
  }

  static String nestedMap(String weight) {
    return weight + ".nested_quant_map";
  }

  static String scales(String weight) {
    return module(weight) + SCALES;
  }

  static String format(String weight) {
    return module(weight) + ".weight_format";
  }

  /** The weight that has this 4-bit state. */
  static Optional<String> weightOfState(String name) {
    int at = name.indexOf(STATE);
    return at < 0 ? Optional.empty() : Optional.of(name.substring(0, at));
  }

  /** How the state's name says that the weight was quantized. */
  static String keyOfState(String name) {
    return name.substring(name.indexOf(STATE) + STATE.length());
  }

  /** The weight that has these scales of Int8. */
  static Optional<String> weightOfScales(String name) {
    return name.endsWith(SCALES)
        ? Optional.of(name.substring(0, name.length() - SCALES.length()) + WEIGHT)
        : Optional.empty();
  }

  private static String module(String weight) {
    return weight.substring(0, weight.length() - WEIGHT.length());
  }
}
