package io.sftjob.trainer.data;

import io.sftjob.trainer.safetensors.SafetensorsSlots;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor's bytes, written in pieces of a size that a disk likes. */
final class Pieces implements AutoCloseable {
  private final SafetensorsSlots file;
  private final String tensor;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);

  Pieces(SafetensorsSlots file, String tensor) {
    this.file = file;
    this.tensor = tensor;
  }

  void add(long value) throws IOException {
    if (buffer.remaining() < Long.BYTES) {
      flush();
    }
    buffer.putLong(value);
  }

  void add(MemorySegment bytes) throws IOException {
    for (long done = 0; done < bytes.byteSize(); ) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int n = (int) Math.min(buffer.remaining(), bytes.byteSize() - done);
      MemorySegment.ofBuffer(buffer).copyFrom(bytes.asSlice(done, n));
      buffer.position(buffer.position() + n);
      done += n;
    }
  }

  private void flush() throws IOException {
    file.write(tensor, buffer.flip());
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
