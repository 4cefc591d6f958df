package io.sftjob.trainer.model;

import ai.djl.Device;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Locale;

/** The formulations of attention in attention.py; all give the same result up to rounding. */
enum AttentionKind {
  SDPA,
  BMM,
  MASKED;

  /**
   * The fastest one. On a CPU, PyTorch's fused backward is slow in bfloat16, its bmm in float16.
   */
  static AttentionKind fastest(Device device, TorchDtype dtype) {
    if (device.isGpu()) {
      return MASKED;
    }
    return dtype == TorchDtype.BFLOAT16 ? BMM : SDPA;
  }

  String kernel() {
    return name().toLowerCase(Locale.ROOT);
  }
}
