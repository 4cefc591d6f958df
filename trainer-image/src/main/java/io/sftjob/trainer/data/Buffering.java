package io.sftjob.trainer.data;

import java.util.ArrayList;
import java.util.List;

/**
 * TRL's ConstantLengthDataset (up to 0.19): documents are read into a buffer until it holds enough
 * characters, put end to end and cut; the tail of the buffer is left, its rows are shuffled.
 */
final class Buffering implements Placement {
  private final double limit;
  private final PythonRandom random;
  private final Rows rows;
  private final List<List<Fragment>> full = new ArrayList<>();
  private final EndToEnd tokens;
  private long characters;

  Buffering(Packing.ConstantLength packing, PythonRandom random, Rows rows) {
    this.limit = packing.bufferCharacters();
    this.random = random;
    this.rows = rows;
    this.tokens = new EndToEnd(packing.maxLength(), full::add);
  }

  @Override
  public void add(int document, long start, Encoded row) {
    tokens.add(document, start, row);
    characters += row.characters();
    if (characters >= limit) {
      end();
    }
  }

  @Override
  public void end() {
    EndToEnd.leave(tokens.takeRest(), DropReason.Remainder, rows);
    random.shuffle(full);
    full.forEach(row -> EndToEnd.place(row, rows));
    full.clear();
    characters = 0;
  }
}
