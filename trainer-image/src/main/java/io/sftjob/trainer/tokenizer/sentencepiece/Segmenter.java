package io.sftjob.trainer.tokenizer.sentencepiece;

/** Cuts a normalised text into pieces. Thread-safe. */
interface Segmenter {

  /**
   * Every cut, in order; together they are the whole text.
   *
   * @param text not empty
   */
  void cut(String text, Cuts cuts);

  /** Takes one piece. */
  interface Cuts {
    /**
     * @param from first char
     * @param to one past the last
     */
    void add(int from, int to, int id);
  }
}
