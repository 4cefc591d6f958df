package io.sftjob.trainer.pickle;

import java.util.Arrays;
import java.util.Optional;

/** What a storage's elements are; torch names a class after each. */
public enum ElementType {
  FLOAT64("DoubleStorage", 8),
  FLOAT32("FloatStorage", 4),
  FLOAT16("HalfStorage", 2),
  BFLOAT16("BFloat16Storage", 2),
  INT64("LongStorage", 8),
  INT32("IntStorage", 4),
  INT16("ShortStorage", 2),
  INT8("CharStorage", 1),
  UINT8("ByteStorage", 1),
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
