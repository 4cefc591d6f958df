package io.sftjob.trainer.chat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;

/** The control tokens that a native format is made of. */
record SpecialIds(String format, Tokenizer tokenizer) {
  int id(String token) {
    return tokenizer.idOf(token).orElseThrow(() -> missing("the token `%s`".formatted(token)));
  }

  int eos() {
    return tokenizer
        .specialTokens()
        .eos()
        .map(Special::id)
        .orElseThrow(() -> missing("an eos token"));
  }

  private TrainerException missing(String what) {
    return new TrainerException(
        ExitCode.ModelNotUsable,
        "the checkpoint's chats are said in %s, but its tokenizer has not %s; give dataset.chatTemplate"
            .formatted(format, what));
  }
}
