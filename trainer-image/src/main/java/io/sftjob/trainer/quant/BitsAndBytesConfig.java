package io.sftjob.trainer.quant;

import io.sftjob.trainer.torch.TorchDtype;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code quantization_config} of a config.json, as transformers' BitsAndBytesConfig writes it. */
public final class BitsAndBytesConfig {
  public static final String FIELD = "quantization_config";

  private BitsAndBytesConfig() {}

  /**
   * @param compute dtype of a 4-bit model's matrix products
   */
  public static Map<String, Object> json(QuantConfig config, TorchDtype compute) {
    return switch (config) {
      case QuantConfig.FourBit fourBit ->
          json(true, fourBit.codebook(), fourBit.doubleQuant(), compute);
      // What transformers writes in 4-bit fields that it does not use.
      case QuantConfig.Int8 int8 -> json(false, Codebook.FP4, false, TorchDtype.FLOAT32);
    };
  }

  private static Map<String, Object> json(
      boolean fourBit, Codebook codebook, boolean doubleQuant, TorchDtype compute) {
    var json = new LinkedHashMap<String, Object>();
    json.put("_load_in_4bit", fourBit);
    json.put("_load_in_8bit", !fourBit);
    json.put("bnb_4bit_compute_dtype", QuantState.key(compute));
    json.put("bnb_4bit_quant_storage", "uint8");
    json.put("bnb_4bit_quant_type", codebook.key());
    json.put("bnb_4bit_use_double_quant", doubleQuant);
    json.put("llm_int8_enable_fp32_cpu_offload", false);
    json.put("llm_int8_has_fp16_weight", false);
    json.put("llm_int8_skip_modules", null);
    json.put("llm_int8_threshold", 6.0);
    json.put("load_in_4bit", fourBit);
    json.put("load_in_8bit", !fourBit);
    json.put("quant_method", "bitsandbytes");
    return json;
  }
}
