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
    try {
      ChatTokens tokens = renderer.tokens(((Row.Messages) row).chat());
      return new Encoded(tokens.ids(), loss == LossOn.All ? all(tokens) : tokens.targets());
    } catch (RefusedChatException e) {
      throw new UnusableRowException(reason(e), e.getMessage());
    }
  }

  private static boolean[] all(ChatTokens tokens) {
    boolean[] all = new boolean[tokens.ids().length];
    Arrays.fill(all, true);
    return all;
  }

  static DropReason reason(RefusedChatException refused) {
    return switch (refused.reason()) {
      case UnknownRole -> DropReason.UnknownRole;
      case Empty -> DropReason.Empty;
      case NotInFormat -> DropReason.NotInFormat;
      case TemplateRefused -> DropReason.TemplateRefused;
      case TurnsNotFound -> DropReason.TurnsNotFound;
    };
  }
}
