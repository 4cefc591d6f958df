package io.sftjob.trainer.data;

import java.util.Optional;

/**
 * Prompts and completions, strings or messages.
 *
 * @param strings empty if the loss is on what an assistant says
 * @param chats empty if the checkpoint has no chat format
 */
record EitherCompletion(Optional<CompletionEncoder> strings, Optional<ChatCompletionEncoder> chats)
    implements RowEncoder {
  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    if (row instanceof Row.ChatCompletion) {
      return chats
          .orElseThrow(
              () ->
                  new UnusableRowException(
                      DropReason.NotInFormat,
                      "holds messages, but the checkpoint has no chat template; set"
                          + " dataset.chatTemplate"))
          .encode(row);
    }
    return strings
        .orElseThrow(
            () ->
                new UnusableRowException(
                    DropReason.NotInFormat,
                    "holds strings, which know no assistant; use dataset.loss Completion"))
        .encode(row);
  }
}
