package io.sftjob.trainer.data;

import java.util.List;

/** {@link Packing.None}: TRL without packing, which truncates at the end. */
final class OneByOne implements Placement {
  private final int maxLength;
  private final Rows rows;

  OneByOne(int maxLength, Rows rows) {
    this.maxLength = maxLength;
    this.rows = rows;
  }

  @Override
  public void add(int document, long start, Encoded tokens) {
    Cut.first(maxLength, document, start, tokens, rows)
        .ifPresent(fragment -> rows.row(List.of(fragment)));
  }

  @Override
  public void end() {}
}
