package io.sftjob.trainer.data;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Rows that are cut out of the tokens when they are asked for, so that nothing lies there twice.
 */
final class PackedRows extends AbstractList<PackedRow> implements RandomAccess {
  private final Tokens tokens;
  private final long[] starts;
  private final int[] lengths;
  private final int[] rowBegins;

  /**
   * @param starts first token of each document
   * @param lengths of each document, in the order of the rows
   * @param rowBegins first document of each row, and at the end the number of documents
   */
  PackedRows(Tokens tokens, long[] starts, int[] lengths, int[] rowBegins) {
    this.tokens = tokens;
    this.starts = starts;
    this.lengths = lengths;
    this.rowBegins = rowBegins;
  }

  @Override
  public PackedRow get(int row) {
    Objects.checkIndex(row, size());
    List<Document> documents = new ArrayList<>();
    for (int i = rowBegins[row]; i < rowBegins[row + 1]; i++) {
      documents.add(tokens.document(starts[i], lengths[i]));
    }
    return new PackedRow(documents);
  }

  @Override
  public int size() {
    return rowBegins.length - 1;
  }
}
