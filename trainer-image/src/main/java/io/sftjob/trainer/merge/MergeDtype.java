package io.sftjob.trainer.merge;

import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.torch.TorchDtype;

/** What a merged checkpoint is stored in. */
public enum MergeDtype {
  BFloat16("bfloat16", TorchDtype.BFLOAT16, Dtype.BF16),
  Float16("float16", TorchDtype.FLOAT16, Dtype.F16);

  private final String configName;
  private final TorchDtype torch;
  private final Dtype stored;

  MergeDtype(String configName, TorchDtype torch, Dtype stored) {
    this.configName = configName;
    this.torch = torch;
    this.stored = stored;
  }

  /** Of {@code torch_dtype} in a config.json. */
  String configName() {
    return configName;
  }

  TorchDtype torch() {
    return torch;
  }

  Dtype stored() {
    return stored;
  }
}
