package io.sftjob.trainer.data;

import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;

/**
 * A prompt and its completion, tokenized as one text as TRL does, and ended by eos. Targets are the
 * tokens that hold something of the completion. They are TRL's wherever the prompt's own tokens
 * begin the text's; where the last of the prompt runs into the completion TRL counts tokens and
 * warns.
 */
final class CompletionEncoder implements RowEncoder {
  private final Tokenizer tokenizer;
  private final TextEnds ends;
  private final LossOn loss;

  CompletionEncoder(Tokenizer tokenizer, LossOn loss) {
    this.tokenizer = tokenizer;
    this.ends = new TextEnds(tokenizer);
    this.loss = loss;
  }

  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    var pair = (Row.Completion) row;
    if (pair.completion().isEmpty()) {
      throw new UnusableRowException(DropReason.Empty, "the completion is empty");
    }
    Encoding encoding = tokenizer.encode(pair.prompt() + pair.completion());
    int first = 0;
    if (loss != LossOn.All) {
      while (first < encoding.ids().length && encoding.ends()[first] <= pair.prompt().length()) {
        first++;
      }
    }
    return ends.close(encoding.ids(), first);
  }
}
