package io.sftjob.trainer.pickle;

import java.util.Arrays;
import java.util.Optional;

/** What a storage's elements are, under safetensors' names; torch names a class after each. */
public enum ElementType {
  F64("DoubleStorage", 8),
  F32("FloatStorage", 4),
  F16("HalfStorage", 2),
  BF16("BFloat16Storage", 2),
  I64("LongStorage", 8),
  I32("IntStorage", 4),
  I16("ShortStorage", 2),
  I8("CharStorage", 1),
  U8("ByteStorage", 1),
  BOOL("BoolStorage", 1);

  private final String storage;
  private final int bytes;

  ElementType(String storage, int bytes) {
    this.storage = storage;
    this.bytes = bytes;
  }

  public int bytes() {
    return bytes;
  }

  static Optional<ElementType> ofStorage(String name) {
    return Arrays.stream(values()).filter(type -> type.storage.equals(name)).findFirst();
  }
}
