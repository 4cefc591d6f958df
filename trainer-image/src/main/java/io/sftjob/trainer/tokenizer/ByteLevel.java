package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The parts of a tokenizer.json that every byte-level BPE has, and GPT-2's alphabet of bytes. */
final class ByteLevel {
  private static final char[] ALPHABET = alphabet();

  private ByteLevel() {}

  /** Bytes that show keep their character; the others get those from U+0100 on. */
  private static char[] alphabet() {
    char[] letters = new char[256];
    char next = 256;
    for (char b = 0; b < letters.length; b++) {
      boolean shows = b >= '!' && b <= '~' || b >= '¡' && b <= '¬' || b >= '®';
      letters[b] = shows ? b : next++;
    }
    return letters;
  }

  /**
   * @param bytes a char below 256 for each
   */
  static String visible(String bytes) {
    StringBuilder text = new StringBuilder(bytes.length());
    bytes.chars().forEach(b -> text.append(ALPHABET[b]));
    return text.toString();
  }

  /** Of a pre-tokenizer or decoder that only changes the alphabet. */
  static ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }

  /** A model without vocabulary and merges. */
  static ObjectNode bpe(boolean ignoreMerges) {
    ObjectNode model = JsonNodeFactory.instance.objectNode().put("type", "BPE");
    model.putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    return model
        .put("fuse_unk", false)
        .put("byte_fallback", false)
        .put("ignore_merges", ignoreMerges);
  }
}
