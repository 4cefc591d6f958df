package io.sftjob.api.v1alpha1;

/** How the frozen linear weights are kept in memory. */
public enum QuantizationMode {
  /** 4 bits: the quantiles of a normal distribution (QLoRA, arXiv 2305.14314). */
  NF4,
  /** 4 bits: a sign, two bits of exponent and one of mantissa. */
  FP4,
  /** 8 bits with a scale per row: the weights of LLM.int8() (arXiv 2208.07339). */
  Int8
}
