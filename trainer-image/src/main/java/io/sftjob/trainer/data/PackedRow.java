package io.sftjob.trainer.data;

import io.sftjob.trainer.source.RowOrigin;
import java.util.List;

/**
 * A row of at most {@code maxLength} tokens. Its documents never attend to each other, and
 * positions restart at 0 in each.
 *
 * @param origins of all that is in it, in order; more than documents where these were put end to
 *     end; empty if unknown
 */
public record PackedRow(List<Document> documents, List<RowOrigin> origins) {
  public PackedRow {
    documents = List.copyOf(documents);
    origins = List.copyOf(origins);
  }

  public PackedRow(List<Document> documents) {
    this(documents, List.of());
  }

  public int length() {
    return documents.stream().mapToInt(Document::length).sum();
  }
}
