package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.chat.Chat;
import io.sftjob.trainer.chat.ChatRenderer;
import io.sftjob.trainer.chat.ChatTokens;
import io.sftjob.trainer.chat.RefusedChatException;
import io.sftjob.trainer.source.Json;
import io.sftjob.trainer.source.MalformedRowException;

/** Messages rows one by one, as training sees them before packing. Thread-safe. */
public final class ChatRows {
  private final ChatRenderer renderer;
  private final RowReader reader;

  public ChatRows(ChatRenderer renderer) {
    this.renderer = renderer;
    this.reader = new MessagesReader(renderer.roles());
  }

  /** A whole conversation with its targets. */
  public ChatTokens tokens(byte[] line) throws UnusableRowException {
    try {
      return renderer.tokens(chat(line));
    } catch (RefusedChatException e) {
      throw ChatEncoder.unusable(e);
    }
  }

  /** The conversation so far and what makes the model answer; nothing in it is a target. */
  public ChatTokens prompt(byte[] line) throws UnusableRowException {
    try {
      int[] ids = renderer.prompt(chat(line));
      return new ChatTokens(ids, new boolean[ids.length]);
    } catch (RefusedChatException e) {
      throw ChatEncoder.unusable(e);
    }
  }

  private Chat chat(byte[] line) throws UnusableRowException {
    return ((Row.Messages) reader.read(object(line))).chat();
  }

  private static ObjectNode object(byte[] line) throws UnusableRowException {
    try {
      return Json.object(line);
    } catch (MalformedRowException e) {
      throw new UnusableRowException(DropReason.Malformed, e.getMessage());
    }
  }
}
