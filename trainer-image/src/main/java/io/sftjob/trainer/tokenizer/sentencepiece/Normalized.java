package io.sftjob.trainer.tokenizer.sentencepiece;

/**
 * A text as the vocabulary spells it.
 *
 * @param origins where in the source each char of the text comes from, and the source's end
 */
record Normalized(String text, int[] origins) {

  int start(int from) {
    return origins[from];
  }

  /** Pieces that end inside what one source character became share that character. */
  int end(int to) {
    int next = to;
    while (next < text.length() && origins[next] == origins[to - 1]) {
      next++;
    }
    return origins[next];
  }
}
