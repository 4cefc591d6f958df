package io.sftjob.trainer.data;

import java.util.List;

/**
 * A row of at most {@code maxLength} tokens. Its documents never attend to each other, and
 * positions restart at 0 in each.
 */
public record PackedRow(List<Document> documents) {
  public PackedRow {
    documents = List.copyOf(documents);
  }

  public int length() {
    return documents.stream().mapToInt(Document::length).sum();
  }
}
