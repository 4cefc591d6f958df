package io.sftjob.api.v1alpha1;

/** What one row of a data set holds. */
public enum DatasetFormat {
  /** Decided by the first row. */
  Auto,
  /** One string. */
  Text,
  /** {@code messages: [{role, content}, …]}. */
  Messages
}
