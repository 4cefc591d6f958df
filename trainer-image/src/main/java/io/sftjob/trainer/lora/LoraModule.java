package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;

/**
 * A linear module that carries an adapter.
 *
 * @param path in transformers
 */
record LoraModule(String path, int layer, LinearRole role, int rank, double alpha) {

  /** PEFT's name of A [r, in]. */
  String nameOfA() {
    return PeftFiles.PREFIX + path + ".lora_A.weight";
  }

  /** PEFT's name of B [out, r]. */
  String nameOfB() {
    return PeftFiles.PREFIX + path + ".lora_B.weight";
  }

  long[] shapeOfA(DecoderSpec spec) {
    return new long[] {rank, role.in(spec)};
  }

  long[] shapeOfB(DecoderSpec spec) {
    return new long[] {role.out(spec), rank};
  }
}
