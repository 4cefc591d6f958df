package io.sftjob.trainer.data;

/** What a row holds. The names are the spec's. */
public enum RowFormat {
  /** Decided by the first row. */
  Auto,
  /** One string. */
  Text,
  /** {@code messages: [{role, content}, …]}. */
  Messages,
  /** {@code prompt} and {@code completion}: two strings, or two lists of messages. */
  PromptCompletion,
  /** {@code instruction}, {@code output} and mostly {@code input}, as Alpaca's. */
  Instruction,
  /** {@code conversations: [{from, value}, …]}. */
  ShareGpt,
  /** {@code input_ids}, and mostly {@code labels} or masks. */
  Tokenized
}
