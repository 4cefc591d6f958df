package io.sftjob.trainer.source;

import io.sftjob.trainer.source.RowOrigin.By;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/**
 * Arrow's IPC stream, and its IPC file, which is a stream between two marks with an index behind
 * it: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format. One batch of rows is in
 * memory, outside of the heap.
 */
final class ArrowReading implements RowReading {
  private static final byte[] MARK = "ARROW1".getBytes(StandardCharsets.US_ASCII);

  /** The mark, padded to what a message must be aligned to. */
  private static final int FILE_BEGIN = 8;

  private final String file;
  private final EndWatch content;
  private final boolean isFile;
  private final BufferAllocator allocator = new RootAllocator();
  private final ArrowStreamReader reader;
  private ArrowValues values;
  private int size;
  private int count;
  private int at;
  private long rows;

  private ArrowReading(String file, EndWatch content, boolean isFile) {
    this.file = file;
    this.content = content;
    this.isFile = isFile;
    this.reader = new ArrowStreamReader(content, allocator, CommonsCompressionFactory.INSTANCE);
  }

  static ArrowReading open(String file, InputStream content) throws IOException {
    content.mark(FILE_BEGIN);
    boolean isFile =
        new String(content.readNBytes(MARK.length), StandardCharsets.US_ASCII).equals("ARROW1");
    content.reset();
    if (isFile) {
      content.skipNBytes(FILE_BEGIN);
    }
    return new ArrowReading(file, new EndWatch(content), isFile);
  }

  @Override
  public RawRow next() throws IOException {
    while (at == count) {
      if (!load()) {
        return null;
      }
    }
    var origin = new RowOrigin(file, By.Row, ++rows);
    try {
      return new Parsed(origin, size, values.row(at++));
    } catch (MalformedRowException e) {
      return new Broken(origin, e.getMessage());
    }
  }

  private boolean load() throws IOException {
    try {
      boolean loaded = reader.loadNextBatch();
      if (!loaded) {
        requireEnd();
        return false;
      }
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      values = new ArrowValues(root, reader);
      count = root.getRowCount();
      at = 0;
      long bytes = root.getFieldVectors().stream().mapToLong(v -> v.getBufferSize()).sum();
      size = count == 0 ? 0 : (int) (bytes / count);
      return true;
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "is %s behind row %d as Arrow: %s. Write it again"
              .formatted(content.ended ? "cut off" : "not readable", rows, e.getMessage()),
          e);
    }
  }

  /** A stream ends with a mark of its own; a file that is cut off between two batches has none. */
  private void requireEnd() throws IOException {
    if (content.ended) {
      throw new IOException("the mark at its end is missing");
    }
    if (isFile) {
      byte[] tail = new byte[MARK.length];
      for (int next = content.read(); next >= 0; next = content.read()) {
        System.arraycopy(tail, 1, tail, 0, tail.length - 1);
        tail[tail.length - 1] = (byte) next;
      }
      if (!Arrays.equals(tail, MARK)) {
        throw new IOException("the mark at its end is missing");
      }
    }
  }

  @Override
  public void close() throws IOException {
    reader.close(false);
    allocator.close();
  }

  /** Knows whether someone wanted more than there was. */
  private static final class EndWatch extends FilterInputStream {
    private boolean ended;

    EndWatch(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      ended |= next < 0;
      return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      ended |= n < 0;
      return n;
    }
  }
}
