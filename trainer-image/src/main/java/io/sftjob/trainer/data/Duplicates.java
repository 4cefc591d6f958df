package io.sftjob.trainer.data;

import io.sftjob.trainer.data.SetReader.Taken;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.BitSet;

/**
 * Rows that give the same tokens and targets as an earlier row of their data set, by 128 bits of
 * SHA-256. About 32 bytes a row.
 */
final class Duplicates {
  private final HashSet128 seen = new HashSet128();
  private final MessageDigest digest = Digests.sha256();

  /** By their place, for the times that a source is read again. */
  private final BitSet dropped = new BitSet();

  /** To be asked for each row in its order. */
  boolean contains(Taken taken, Encoded row) {
    int place = Math.toIntExact(taken.place());
    if (taken.pass() > 0) {
      return dropped.get(place);
    }
    ByteBuffer hash = ByteBuffer.wrap(hash(row));
    boolean duplicate = !seen.add(hash.getLong(), hash.getLong());
    if (duplicate) {
      dropped.set(place);
    }
    return duplicate;
  }

  private byte[] hash(Encoded row) {
    ByteBuffer bytes = ByteBuffer.allocate(row.ids().length * (Integer.BYTES + 1));
    for (int id : row.ids()) {
      bytes.putInt(id);
    }
    for (boolean target : row.targets()) {
      bytes.put((byte) (target ? 1 : 0));
    }
    return digest.digest(bytes.array());
  }
}
