package io.sftjob.trainer.data;

/** TRL's {@code wrapped}: a window's documents end to end; its last row may be short. */
final class Wrapping implements Placement {
  private final int window;
  private final Rows rows;
  private final EndToEnd tokens;
  private int documents;

  Wrapping(Packing.Wrapped packing, Rows rows) {
    this.window = packing.window();
    this.rows = rows;
    this.tokens = new EndToEnd(packing.maxLength(), row -> EndToEnd.place(row, rows));
  }

  @Override
  public void add(int document, long start, Encoded row) {
    tokens.add(document, start, row);
    if (++documents == window) {
      end();
    }
  }

  @Override
  public void end() {
    EndToEnd.place(tokens.takeRest(), rows);
    documents = 0;
  }
}
