package io.sftjob.trainer.tokenizer;

/**
 * A token beside the model's own pieces, found in a text before the model sees it.
 *
 * @param after it is one only right behind this text; empty: everywhere
 * @param stripsLeft it swallows the blanks before it ({@code lstrip})
 * @param stripsRight it swallows the blanks behind it ({@code rstrip})
 * @param special it stands for no text
 */
record AddedToken(
    String content,
    int id,
    String after,
    boolean stripsLeft,
    boolean stripsRight,
    boolean special) {

  static AddedToken special(String content, int id) {
    return new AddedToken(content, id, "", false, false, true);
  }

  AddedToken onlyAfter(String text) {
    return new AddedToken(content, id, text, stripsLeft, stripsRight, special);
  }
}
