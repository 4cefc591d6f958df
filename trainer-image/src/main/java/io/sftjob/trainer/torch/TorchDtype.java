package io.sftjob.trainer.torch;

/** PyTorch's dtypes by the numbers that TorchScript knows them by. */
public enum TorchDtype {
  UINT8(0, 1),
  INT8(1, 1),
  INT32(3, 4),
  INT64(4, 8),
  FLOAT16(5, 2),
  FLOAT32(6, 4),
  BFLOAT16(15, 2);

  private final int code;
  private final int bytes;

  TorchDtype(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  public boolean isFloat() {
    return this == FLOAT16 || this == FLOAT32 || this == BFLOAT16;
  }

  public int code() {
    return code;
  }

  public int bytes() {
    return bytes;
  }
}
