package io.sftjob.api.v1alpha1;

/** How documents are put into rows. The names are TRL's, and ConstantLengthDataset's. */
public enum PackingStrategy {
  /** Each document is a row of its own, cut at its length. */
  None,
  /** Best fit decreasing; documents longer than a row are cut. */
  Bfd,
  /** Best fit decreasing; documents longer than a row are split. */
  BfdSplit,
  /** Documents end to end, cut into rows wherever these end. */
  Wrapped,
  /** TRL's former ConstantLengthDataset: as Wrapped, in buffers, only full rows, shuffled. */
  ConstantLength
}
