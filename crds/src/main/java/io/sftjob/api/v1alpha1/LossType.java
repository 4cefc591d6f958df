package io.sftjob.api.v1alpha1;

/** What is minimised, as TRL's {@code loss_type}. */
public enum LossType {
  /** The negative log-likelihood. */
  Nll,
  /** Dynamic Fine-Tuning: each target's term is weighted with its own probability. */
  Dft
}
