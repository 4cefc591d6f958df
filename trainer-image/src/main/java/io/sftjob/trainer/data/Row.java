package io.sftjob.trainer.data;

import io.sftjob.trainer.chat.Chat;

/** What one line holds. */
sealed interface Row {
  record Text(String text) implements Row {}

  record Messages(Chat chat) implements Row {}
}
