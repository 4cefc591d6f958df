package io.sftjob.trainer.data;

import io.sftjob.trainer.source.RowOrigin;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/** Rows that are cut out of the tokens when they are asked for. Thread-safe. */
final class PackedRows extends AbstractList<PackedRow> implements RandomAccess {
  private final Tokens tokens;
  private final RowIndex index;
  private final Origins origins;
  private final boolean apart;

  /**
   * @param apart whether each part is a document; else the row is one
   */
  PackedRows(Tokens tokens, RowIndex index, Origins origins, boolean apart) {
    this.tokens = tokens;
    this.index = index;
    this.origins = origins;
    this.apart = apart;
  }

  @Override
  public PackedRow get(int row) {
    Objects.checkIndex(row, size());
    long begin = index.begin(row);
    long end = index.begin(row + 1);
    List<Document> documents = new ArrayList<>();
    List<RowOrigin> found = new ArrayList<>();
    if (!apart) {
      documents.add(document(begin, end));
    }
    for (long part = begin; part < end; part++) {
      if (apart) {
        documents.add(document(part, part + 1));
      }
      found.add(origins.of(index.origin(part)));
    }
    return new PackedRow(documents, found);
  }

  /** Parts as one document; its first token is never a target. */
  private Document document(long begin, long end) {
    int length = 0;
    for (long part = begin; part < end; part++) {
      length += index.length(part);
    }
    int[] ids = new int[length];
    boolean[] targets = new boolean[length];
    int at = 0;
    for (long part = begin; part < end; part++) {
      tokens.copy(index.start(part), index.length(part), ids, targets, at);
      at += index.length(part);
    }
    targets[0] = false;
    return new Document(ids, targets);
  }

  @Override
  public int size() {
    return index.rows();
  }

  Tokens tokens() {
    return tokens;
  }

  RowIndex index() {
    return index;
  }

  Origins origins() {
    return origins;
  }

  boolean apart() {
    return apart;
  }
}
