package io.sftjob.trainer.data;

import io.sftjob.trainer.chat.Chat;
import java.util.BitSet;

/** What one row holds. */
sealed interface Row {
  record Text(String text) implements Row {}

  /**
   * @param unlearned indices of messages with {@code loss: false}
   */
  record Messages(Chat chat, BitSet unlearned) implements Row {}

  record Completion(String prompt, String completion) implements Row {}

  /**
   * @param whole the prompt's messages, and those of the completion behind them
   */
  record ChatCompletion(Chat prompt, Chat whole) implements Row {}

  record Tokenized(Encoded tokens) implements Row {}
}
