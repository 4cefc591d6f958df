package io.sftjob.trainer.run;

import io.sftjob.api.v1alpha1.TokenLedger;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.store.Digest;
import java.nio.ByteBuffer;
import java.util.List;

/** A job's data as the model sees it. */
public record Prepared(List<PackedRow> train, List<PackedRow> eval, TokenLedger ledger) {

  /** SHA-256 over ids, targets and borders of the training rows. */
  String sha256() {
    var digest = Digest.newSha256();
    for (var row : train) {
      digest.update(ints(row.documents().size()));
      for (var document : row.documents()) {
        digest.update(bytes(document));
      }
    }
    return Digest.hex(digest);
  }

  private static byte[] bytes(Document document) {
    int n = document.length();
    var bytes = ByteBuffer.allocate(4 + 5 * n).putInt(n);
    for (int i = 0; i < n; i++) {
      bytes.putInt(document.ids()[i]).put((byte) (document.targets()[i] ? 1 : 0));
    }
    return bytes.array();
  }

  private static byte[] ints(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }
}
