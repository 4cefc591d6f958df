package io.sftjob.trainer.data;

import io.sftjob.trainer.tokenizer.Tokenizer;

/** Text rows: every token behind the prefix is a target. */
final class TextEncoder implements RowEncoder {
  private final Tokenizer tokenizer;
  private final TextEnds ends;

  TextEncoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.ends = new TextEnds(tokenizer);
  }

  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    String text = ((Row.Text) row).text();
    if (text.isEmpty()) {
      throw new UnusableRowException(DropReason.Empty, "the text is empty");
    }
    return ends.close(tokenizer.ids(text), 0);
  }
}
