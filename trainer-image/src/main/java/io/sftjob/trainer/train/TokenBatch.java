package io.sftjob.trainer.train;

import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import java.util.Arrays;
import java.util.List;

/**
 * Rows end to end, without padding.
 *
 * @param ids [T]
 * @param lengths of the documents; their sum is T
 * @param at [N] positions that predict a target: those before it
 * @param targets [N] the ids to predict
 */
record TokenBatch(int[] ids, long[] lengths, long[] at, long[] targets) {

  static TokenBatch of(List<PackedRow> rows) {
    List<Document> documents = rows.stream().flatMap(row -> row.documents().stream()).toList();
    long[] lengths = documents.stream().mapToLong(Document::length).toArray();
    int[] ids = new int[rows.stream().mapToInt(PackedRow::length).sum()];
    int count = targets(documents);
    long[] at = new long[count];
    long[] targets = new long[count];
    int position = 0;
    int n = 0;
    for (Document document : documents) {
      for (int i = 0; i < document.length(); i++, position++) {
        ids[position] = document.ids()[i];
        if (document.targets()[i]) {
          at[n] = position - 1;
          targets[n++] = document.ids()[i];
        }
      }
    }
    return new TokenBatch(ids, lengths, at, targets);
  }

  private static int targets(List<Document> documents) {
    int count = 0;
    for (Document document : documents) {
      for (boolean target : document.targets()) {
        count += target ? 1 : 0;
      }
    }
    return count;
  }

  /** Positions that another token of their document follows: T less the documents. */
  int followed() {
    return ids.length - lengths.length;
  }

  /** {@link #at}, and behind them all positions that another token of their document follows. */
  long[] atAndFollowed() {
    long[] all = Arrays.copyOf(at, at.length + followed());
    int n = at.length;
    long position = 0;
    for (long length : lengths) {
      for (long i = 1; i < length; i++) {
        all[n++] = position++;
      }
      position++;
    }
    return all;
  }

  int tokens() {
    return ids.length;
  }
}
