package io.sftjob.trainer.data;

/** A long sequence of tokens, each with its mark whether it is a target. */
interface Tokens {
  /** A copy of a part; its first token is never a target. */
  Document document(long start, int length);
}
