package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;

/** A linear module that carries an adapter. */
record LoraModule(int layer, LinearRole role) {
  private static final String PREFIX = "base_model.model.";

  /** Its path in transformers. */
  String path() {
    return role.module(layer);
  }

  /** PEFT's name of A [r, in]. */
  String nameOfA() {
    return PREFIX + path() + ".lora_A.weight";
  }

  /** PEFT's name of B [out, r]. */
  String nameOfB() {
    return PREFIX + path() + ".lora_B.weight";
  }

  long[] shapeOfA(DecoderSpec spec, int rank) {
    return new long[] {rank, role.in(spec)};
  }

  long[] shapeOfB(DecoderSpec spec, int rank) {
    return new long[] {role.out(spec), rank};
  }
}
