package io.sftjob.trainer.safetensors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file whose tensors come one after the other, and each of them in pieces, so
 * that none needs to be in memory as a whole.
 */
public final class SafetensorsStream {
  private final WritableByteChannel channel;
  private final List<TensorInfo> order;
  private final long expected;
  private long written;

  private SafetensorsStream(WritableByteChannel channel, List<TensorInfo> order) {
    this.channel = channel;
    this.order = order;
    this.expected = order.stream().mapToLong(TensorInfo::bytes).sum();
  }

  /** Writes the header to a stream, which stays open. */
  public static SafetensorsStream begin(
      OutputStream out, List<TensorInfo> tensors, Map<String, String> metadata) throws IOException {
    var plan = FilePlan.of(tensors, metadata);
    out.write(plan.opening());
    return new SafetensorsStream(Channels.newChannel(out), plan.order());
  }

  /** In which their bytes must come. */
  public List<TensorInfo> order() {
    return order;
  }

  /** The next bytes, little-endian; the buffer's position is left as it was. */
  public void write(ByteBuffer bytes) throws IOException {
    ByteBuffer rest = bytes.duplicate();
    written += rest.remaining();
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  /** To be called at the end. */
  public void finish() {
    if (written != expected) {
      throw new IllegalStateException(
          "the tensors have %d bytes, %d were written".formatted(expected, written));
    }
  }
}
