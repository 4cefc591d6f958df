package io.sftjob.api.v1alpha1;

/** The dtype of weights and computation. */
public enum ModelDtype {
  Auto,
  BFloat16,
  Float32
}
