package io.sftjob.trainer.data;

/**
 * One document as the model sees it, or a fragment of one that was longer than a row.
 *
 * @param ids token ids
 * @param targets same length; {@code targets[i]} says that the model is trained to predict {@code
 *     ids[i]} from {@code ids[0..i-1]}; {@code targets[0]} is always false
 */
public record Document(int[] ids, boolean[] targets) {
  public Document {
    if (ids.length != targets.length || ids.length == 0 || targets[0]) {
      throw new IllegalArgumentException(
          "a document has ids, a target mask of the same length, and no target at its first token");
    }
  }

  public int length() {
    return ids.length;
  }
}
