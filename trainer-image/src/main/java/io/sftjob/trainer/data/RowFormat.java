package io.sftjob.trainer.data;

/** What a row holds. The names are the spec's. */
public enum RowFormat {
  /** Decided by the first row. */
  Auto,
  /** One string. */
  Text,
  /** {@code messages: [{role, content}, …]}. */
  Messages
}
