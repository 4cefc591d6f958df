package io.sftjob.trainer.tokenizer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Text to ids and back, whatever the checkpoint ships. Thread-safe. */
public interface Tokenizer extends AutoCloseable {
  /**
   * Ids of a text. Special tokens written in it are parsed (chat templates need that); none is
   * added.
   */
  Encoding encode(String text);

  /** The ids of {@link #encode} alone, which may be much faster to get. */
  default int[] ids(String text) {
    return encode(text).ids();
  }

  /**
   * Ids of a text that is nothing but text: a special token written in it is spelled out, so that a
   * user's words can not forge a turn. None is added.
   */
  Encoding encodeOrdinary(String text);

  /** The id of a special token or piece of the vocabulary, by its exact name. */
  OptionalInt idOf(String token);

  String decode(int[] ids, boolean skipSpecialTokens);

  /** One more than the largest id. */
  int vocabSize();

  /** The special tokens, as the chat template and the packer need them. */
  SpecialTokens specialTokens();

  /** The checkpoint's own Jinja chat template. */
  Optional<String> chatTemplate();

  /** SHA-256 (hex) of all that decides about ids: equal fingerprints give equal ids. */
  String fingerprint();

  @Override
  void close();

  /**
   * @param ids token ids
   * @param starts first char of each token in the text (UTF-16 index)
   * @param ends one past its last char
   */
  record Encoding(int[] ids, int[] starts, int[] ends) {}

  /**
   * Absent where the checkpoint has none.
   *
   * @param stopIds ids that end a generation: eos, and those that the checkpoint names beside it
   * @param controlIds ids of all control tokens, which stand for no text
   * @param prefixIds what the checkpoint begins a plain text with: mostly nothing or bos
   */
  record SpecialTokens(
      Optional<Special> bos,
      Optional<Special> eos,
      Optional<Special> pad,
      Set<Integer> stopIds,
      Set<Integer> controlIds,
      List<Integer> prefixIds) {
    public SpecialTokens {
      stopIds = Set.copyOf(stopIds);
      controlIds = Set.copyOf(controlIds);
      prefixIds = List.copyOf(prefixIds);
    }
  }

  /** A token's text and id. */
  record Special(String text, int id) {}
}
