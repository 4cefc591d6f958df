package io.sftjob.api.v1alpha1;

/** How documents are put into rows. The names are TRL's. */
public enum PackingStrategy {
  BfdSplit
}
