package io.sftjob.trainer.chat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Baichuan and Baichuan2 chat: {@code system… (195 user… 196 answer… eos)*}. Texts are encoded one
 * by one and special tokens in them are not parsed. Where Baichuan2's own prompts leave out the eos
 * of earlier answers, this one keeps it, as Baichuan's (v1) do: it is what ends an answer.
 */
final class BaichuanRenderer implements ChatRenderer {
  static final String NAME = "Baichuan's chat format";

  /** {@code <reserved_106>} and {@code <reserved_107>}; 102 and 103 in v1's vocabulary. */
  private static final int USER = 195;

  private static final int ASSISTANT = 196;

  private final NativeTurns turns =
      new NativeTurns(NAME, List.of("system", "user", "assistant"), Set.of(), Set.of());
  private final Tokenizer tokenizer;
  private final int user;
  private final int assistant;
  private final int eos;

  /**
   * @param user generation_config.json's user_token_id
   * @param assistant likewise
   */
  BaichuanRenderer(Tokenizer tokenizer, OptionalInt user, OptionalInt assistant) {
    this.tokenizer = tokenizer;
    this.user = inVocabulary("user_token_id", user.orElse(USER));
    this.assistant = inVocabulary("assistant_token_id", assistant.orElse(ASSISTANT));
    this.eos = new SpecialIds(NAME, tokenizer).eos();
  }

  private int inVocabulary(String key, int id) {
    if (id < 0 || id >= tokenizer.vocabSize()) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "generation_config.json: %s is %d, but the tokenizer has %d tokens"
              .formatted(key, id, tokenizer.vocabSize()));
    }
    return id;
  }

  @Override
  public List<String> roles() {
    return turns.roles();
  }

  @Override
  public ChatTokens tokens(Chat chat) throws RefusedChatException {
    return row(chat).tokens();
  }

  @Override
  public int[] prompt(Chat chat) throws RefusedChatException {
    TokenRow row = row(chat);
    row.add(assistant, false);
    return row.ids();
  }

  private TokenRow row(Chat chat) throws RefusedChatException {
    TokenRow row = new TokenRow();
    for (Turn turn : turns.of(chat)) {
      int[] text = tokenizer.encodeOrdinary(turn.content()).ids();
      switch (turn.role()) {
        case "assistant" -> {
          row.add(assistant, false);
          row.add(text, true);
          row.add(eos, true);
        }
        case "user" -> {
          row.add(user, false);
          row.add(text, false);
        }
        default -> row.add(text, false);
      }
    }
    return row;
  }

  @Override
  public Set<Integer> stopIds() {
    return Set.of(eos);
  }

  @Override
  public List<String> notes() {
    return List.of();
  }
}
