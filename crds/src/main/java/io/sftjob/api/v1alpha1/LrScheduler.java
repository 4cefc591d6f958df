package io.sftjob.api.v1alpha1;

/** Learning-rate schedules, as transformers defines them. */
public enum LrScheduler {
  Linear,
  Cosine,
  CosineWithMinLr,
  CosineWithRestarts,
  Constant,
  ConstantWithWarmup,
  Polynomial,
  InverseSqrt
}
