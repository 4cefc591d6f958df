package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;

/**
 * A linear module that carries an adapter.
 *
 * @param path in the checkpoint, as PEFT names it
 */
record LoraModule(int layer, LinearRole role, String path) {
  private static final String PREFIX = "base_model.model.";

  /** The module's own name in that of one of its tensors. */
  static String shortName(String tensorName) {
    String path = tensorName.substring(0, tensorName.lastIndexOf(".lora_"));
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** PEFT's name of A [r, in]. */
  String nameOfA() {
    return PREFIX + path + ".lora_A.weight";
  }

  /** PEFT's name of B [out, r]. */
  String nameOfB() {
    return PREFIX + path + ".lora_B.weight";
  }

  long[] shapeOfA(DecoderSpec spec, int rank) {
    return new long[] {rank, role.in(spec)};
  }

  long[] shapeOfB(DecoderSpec spec, int rank) {
    return new long[] {role.out(spec), rank};
  }
}
