package io.sftjob.trainer.tokenizer;

import java.util.Optional;

/** Text to ids and back, whatever the checkpoint ships. Thread-safe. */
public interface Tokenizer extends AutoCloseable {
  /**
   * Ids of a text. Special tokens written in it are parsed (chat templates need that); none is
   * added.
   */
  Encoding encode(String text);

  String decode(int[] ids, boolean skipSpecialTokens);

  int vocabSize();

  /** The special tokens, as the chat template and the packer need them. */
  SpecialTokens specialTokens();

  /** The checkpoint's own Jinja chat template. */
  Optional<String> chatTemplate();

  @Override
  void close();

  /**
   * @param ids token ids
   * @param starts first char of each token in the text (UTF-16 index)
   * @param ends one past its last char
   */
  record Encoding(int[] ids, int[] starts, int[] ends) {}

  /** A token's text and id; absent where the checkpoint has none. */
  record SpecialTokens(Optional<Special> bos, Optional<Special> eos, Optional<Special> pad) {}

  record Special(String text, int id) {}
}
