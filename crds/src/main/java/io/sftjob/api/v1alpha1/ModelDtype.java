package io.sftjob.api.v1alpha1;

/** The dtype of weights and computation. */
public enum ModelDtype {
  Auto,
  BFloat16,
  /** With a loss scale that follows the gradients, as torch.amp.GradScaler. */
  Float16,
  Float32
}
