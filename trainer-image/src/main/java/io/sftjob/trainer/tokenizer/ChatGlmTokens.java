package io.sftjob.trainer.tokenizer;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What ChatGLM3's tokenization_chatglm.py puts behind the pieces of its model, and what it finds in
 * a text: the roles. {@code [gMASK]sop} is found too, since the published chat template writes it;
 * {@code sop} alone is a part of many words.
 */
final class ChatGlmTokens {
  private static final List<String> NAMES =
      List.of(
          "[MASK]",
          "[gMASK]",
          "[sMASK]",
          "sop",
          "eop",
          "<|system|>",
          "<|user|>",
          "<|assistant|>",
          "<|observation|>");
  private static final int MASK = 1;
  private static final int START = 3;
  private static final int FIRST_ROLE = 5;
  private static final List<String> STOPS = List.of("<|user|>", "<|observation|>");

  private ChatGlmTokens() {}

  static List<AddedToken> all(int pieces) {
    return IntStream.range(0, NAMES.size())
        .mapToObj(i -> AddedToken.special(NAMES.get(i), pieces + i))
        .toList();
  }

  static List<AddedToken> found(int pieces) {
    return all(pieces).stream()
        .filter(t -> t.id() == pieces + MASK || t.id() == pieces + START || isRole(t, pieces))
        .map(t -> t.id() == pieces + START ? t.onlyAfter(NAMES.get(MASK)) : t)
        .toList();
  }

  private static boolean isRole(AddedToken token, int pieces) {
    return token.id() >= pieces + FIRST_ROLE;
  }

  /** What a text of any kind begins with. */
  static List<Integer> prefix(int pieces) {
    return List.of(pieces + MASK, pieces + START);
  }

  /** The next speaker ends an answer. */
  static List<Integer> stops(int pieces) {
    return STOPS.stream().map(name -> pieces + NAMES.indexOf(name)).toList();
  }
}
