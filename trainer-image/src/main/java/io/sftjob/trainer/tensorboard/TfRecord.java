package io.sftjob.trainer.tensorboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * TensorFlow's framing of records: length (u64), its checksum, the record, its checksum; all little
 * endian.
 */
final class TfRecord {
  private static final int MASK_DELTA = 0xa282ead8;

  private TfRecord() {}

  static byte[] of(byte[] record) {
    var framed =
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + record.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    framed.putLong(record.length);
    framed.putInt(masked(framed.array(), Long.BYTES));
    framed.put(record);
    framed.putInt(masked(record, record.length));
    return framed.array();
  }

  /** CRC-32C, rotated right by 15 bits plus a constant, as checksums of checksums are weak. */
  private static int masked(byte[] bytes, int length) {
    var crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }
}
