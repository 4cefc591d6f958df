package io.sftjob.trainer.pickle;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * Mapped bytes as a channel, for a reader that keeps what it reads: it may read only so many, as an
 * archive's directory can otherwise be as large as the file and name the same bytes again and
 * again.
 */
final class SegmentChannel implements SeekableByteChannel {
  private final MemorySegment bytes;
  private long budget;
  private long position;

  SegmentChannel(MemorySegment bytes, long budget) {
    this.bytes = bytes;
    this.budget = budget;
  }

  @Override
  public int read(ByteBuffer target) {
    long available = bytes.byteSize() - position;
    if (available <= 0) {
      return -1;
    }
    int length = (int) Math.min(target.remaining(), available);
    budget -= length;
    if (budget < 0) {
      throw new BadPickle("its zip directory is too large for the tensors of one file");
    }
    target.put(bytes.asSlice(position, length).asByteBuffer());
    position += length;
    return length;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    if (newPosition < 0) {
      throw new IOException("it points to byte " + newPosition);
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return bytes.byteSize();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
