package io.sftjob.api.v1alpha1;

/** How the frozen linear weights are kept in memory. */
public enum QuantizationMode {
  /** 4 bits: the quantiles of a normal distribution (QLoRA). */
  NF4,
  /** 4 bits: a small floating-point number. */
  FP4,
  /** 8 bits with a scale per row: the weights of LLM.int8(). */
  Int8
}
