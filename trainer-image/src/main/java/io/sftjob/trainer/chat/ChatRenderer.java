package io.sftjob.trainer.chat;

import java.util.List;
import java.util.Set;

/** A checkpoint's way to say a conversation in tokens. Thread-safe. */
public interface ChatRenderer {
  /** Roles that a message may have. */
  List<String> roles();

  /**
   * A whole conversation, to train on.
   *
   * @throws io.sftjob.trainer.TrainerException if the format itself is broken, so that no
   *     conversation can be said
   */
  ChatTokens tokens(Chat chat) throws RefusedChatException;

  /** The ids of {@link #tokens}, whether or not it is known which of them the assistant says. */
  default int[] ids(Chat chat) throws RefusedChatException {
    return tokens(chat).ids();
  }

  /** The conversation so far, and what makes the model answer. */
  int[] prompt(Chat chat) throws RefusedChatException;

  /** Ids that end an answer. */
  Set<Integer> stopIds();

  /** Sentences for the log: how answers are told from the rest, and what to know about that. */
  List<String> notes();
}
