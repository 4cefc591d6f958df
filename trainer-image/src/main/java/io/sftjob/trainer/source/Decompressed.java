package io.sftjob.trainer.source;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.sftjob.trainer.TrainerException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** What a compressed file holds; where it is damaged or cut off, that is the file's fault. */
final class Decompressed extends FilterInputStream {
  private static final int BUFFER = 1 << 16;

  private final DataFile file;
  private long bytes;

  private Decompressed(DataFile file, InputStream decoder) {
    super(decoder);
    this.file = file;
  }

  static InputStream of(InputStream stored, DataFile file) {
    try {
      return switch (file.compression()) {
        case None -> stored;
        case Gzip -> new Decompressed(file, new GZIPInputStream(stored, BUFFER));
        case Zstd -> new Decompressed(file, new ZstdInputStreamNoFinalizer(stored));
      };
    } catch (IOException e) {
      throw damaged(file, 0, e);
    }
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    try {
      int n = super.read(buffer, offset, length);
      bytes += Math.max(0, n);
      return n;
    } catch (IOException e) {
      throw damaged(file, bytes, e);
    }
  }

  private static TrainerException damaged(DataFile file, long bytes, IOException e) {
    boolean cutOff =
        e instanceof EOFException || String.valueOf(e.getMessage()).contains("Truncated");
    return Faults.file(
        file,
        "is %s after %,d decompressed bytes (%s: %s). Copy it again, or compress it again"
            .formatted(
                cutOff ? "cut off" : "damaged",
                bytes,
                file.compression() == Compression.Gzip ? "gzip" : "zstd",
                e.getMessage()),
        e);
  }
}
