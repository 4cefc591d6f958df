package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Arrays;
import java.util.List;

/** An Int8 weight in a file: codes, a scale per row, and the number of its memory layout. */
record StoredInt8(Parts files, String weight) implements StoredQuantized {
  /** Rows one after the other; the others were for GPUs, and are no longer written. */
  private static final int ROW_MAJOR = 0;

  /**
   * @throws io.sftjob.trainer.TrainerException if the tensors do not belong together
   */
  static StoredInt8 read(Parts files, String weight) {
    if (!files.has(weight)) {
      throw files.refused(weight, "is missing, while `%s` is there", PartNames.scales(weight));
    }
    long[] shape = files.files().shape(weight);
    if (files.files().dtype(weight) != TorchDtype.INT8 || shape.length != 2) {
      throw files.refused(
          weight,
          "has the dtype %s and shape %s, while its scales `%s` say that it is int8 [out, in]",
          files.files().dtype(weight),
          Arrays.toString(shape),
          PartNames.scales(weight));
    }
    files.require(
        PartNames.scales(weight),
        TorchDtype.FLOAT32,
        new long[] {shape[0]},
        "while its weight is int8 " + Arrays.toString(shape));
    var stored = new StoredInt8(files, weight);
    stored.checkFormat();
    return stored;
  }

  private void checkFormat() {
    String name = PartNames.format(weight);
    if (!files.has(name)) {
      return;
    }
    files.require(name, TorchDtype.UINT8, new long[0], "which is one number");
    try (NDManager scope = files.kernels().manager().newSubManager()) {
      int format = files.load(scope, name).toUint8Array()[0];
      if (format != ROW_MAJOR) {
        throw files.refused(
            name,
            "is %d, a layout for GPUs; expected %d, row-major. Save the model again with a newer bitsandbytes.",
            format,
            ROW_MAJOR);
      }
    }
  }

  @Override
  public long[] shape() {
    return files.files().shape(weight);
  }

  @Override
  public QuantizationMode mode() {
    return QuantizationMode.Int8;
  }

  @Override
  public TorchDtype dtype() {
    return TorchDtype.FLOAT16;
  }

  @Override
  public List<String> parts() {
    String format = PartNames.format(weight);
    return files.has(format)
        ? List.of(weight, PartNames.scales(weight), format)
        : List.of(weight, PartNames.scales(weight));
  }

  @Override
  public QuantizedTensor load(NDManager owner) {
    return new QuantizedTensor.Int8(
        shape(), files.load(owner, weight), files.loadFinite(owner, PartNames.scales(weight)));
  }
}
