package io.sftjob.trainer.data;

import io.sftjob.trainer.chat.ChatRenderer;
import io.sftjob.trainer.chat.ChatTokens;
import io.sftjob.trainer.chat.RefusedChatException;
import java.util.Arrays;

/** Messages rows, as the checkpoint's chats are written. */
final class ChatEncoder implements RowEncoder {
  private final ChatRenderer renderer;
  private final LossOn loss;

  ChatEncoder(ChatRenderer renderer, LossOn loss) {
    this.renderer = renderer;
    this.loss = loss;
  }

  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    var messages = (Row.Messages) row;
    try {
      if (loss == LossOn.All && messages.unlearned().isEmpty()) {
        int[] ids = renderer.ids(messages.chat());
        return new Encoded(ids, all(ids.length));
      }
      ChatTokens tokens = renderer.tokens(messages.chat());
      boolean[] targets = loss == LossOn.All ? all(tokens.ids().length) : tokens.targets().clone();
      Unlearned.clear(messages, tokens.targets(), targets);
      return new Encoded(tokens.ids(), targets);
    } catch (RefusedChatException e) {
      throw unusable(e);
    }
  }

  private static boolean[] all(int length) {
    boolean[] all = new boolean[length];
    Arrays.fill(all, true);
    return all;
  }

  static UnusableRowException unusable(RefusedChatException refused) {
    DropReason reason =
        switch (refused.reason()) {
          case UnknownRole -> DropReason.UnknownRole;
          case Empty -> DropReason.Empty;
          case NotInFormat -> DropReason.NotInFormat;
          case TemplateRefused -> DropReason.TemplateRefused;
          case TurnsNotFound -> DropReason.TurnsNotFound;
        };
    return new UnusableRowException(reason, refused.getMessage());
  }
}
