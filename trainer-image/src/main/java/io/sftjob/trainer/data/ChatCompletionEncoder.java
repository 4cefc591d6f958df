package io.sftjob.trainer.data;

import io.sftjob.trainer.chat.ChatRenderer;
import io.sftjob.trainer.chat.ChatTokens;
import io.sftjob.trainer.chat.RefusedChatException;
import java.util.Arrays;

/**
 * Messages that prompt, and messages that complete: targets are the tokens behind those of the
 * prompt (with the words that make the model answer), as TRL has it. TRL warns where the prompt's
 * tokens do not begin the whole; such a row is dropped here.
 */
final class ChatCompletionEncoder implements RowEncoder {
  private final ChatRenderer renderer;
  private final LossOn loss;

  ChatCompletionEncoder(ChatRenderer renderer, LossOn loss) {
    this.renderer = renderer;
    this.loss = loss;
  }

  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    var pair = (Row.ChatCompletion) row;
    try {
      if (loss == LossOn.Assistant) {
        ChatTokens tokens = renderer.tokens(pair.whole());
        return new Encoded(tokens.ids(), tokens.targets());
      }
      int[] ids = renderer.ids(pair.whole());
      boolean[] targets = new boolean[ids.length];
      Arrays.fill(targets, loss == LossOn.All ? 0 : promptLength(pair, ids), ids.length, true);
      return new Encoded(ids, targets);
    } catch (RefusedChatException e) {
      throw ChatEncoder.unusable(e);
    }
  }

  private int promptLength(Row.ChatCompletion pair, int[] ids)
      throws RefusedChatException, UnusableRowException {
    int[] prompt = renderer.prompt(pair.prompt());
    if (prompt.length > ids.length
        || !Arrays.equals(prompt, 0, prompt.length, ids, 0, prompt.length)) {
      throw new UnusableRowException(
          DropReason.TurnsNotFound,
          "the prompt, as the chat format writes it, does not begin the whole conversation");
    }
    return prompt.length;
  }
}
