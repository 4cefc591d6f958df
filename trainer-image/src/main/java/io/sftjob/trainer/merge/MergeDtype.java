package io.sftjob.trainer.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

  /** The dtype that config.json names; for one without, and for float32, BFloat16. */
  static MergeDtype of(JsonNode config) {
    String named = config.path("torch_dtype").asText(config.path("dtype").asText(""));
    return named.equals(Float16.configName) ? Float16 : BFloat16;
  }

  /** Puts it in a config.json. */
  void putInto(ObjectNode config) {
    // transformers 5 renamed the key.
    String key = config.has("dtype") && !config.has("torch_dtype") ? "dtype" : "torch_dtype";
    config.put(key, configName);
  }

  TorchDtype torch() {
    return torch;
  }

  Dtype stored() {
    return stored;
  }
}
