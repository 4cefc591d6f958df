package io.sftjob.trainer.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file whose tensors come in any order, and each of them in pieces, so that
 * none needs to be in memory as a whole.
 */
public final class SafetensorsSlots implements AutoCloseable {
  private final FileChannel channel;
  private final Map<String, Slot> slots;

  private static final class Slot {
    private long at;
    private final long end;

    private Slot(long at, long end) {
      this.at = at;
      this.end = end;
    }
  }

  private SafetensorsSlots(FileChannel channel, Map<String, Slot> slots) {
    this.channel = channel;
    this.slots = slots;
  }

  /** Creates the file, with its header; syncing is the caller's. */
  public static SafetensorsSlots create(
      Path path, List<TensorInfo> tensors, Map<String, String> metadata) throws IOException {
    var plan = FilePlan.of(tensors, metadata);
    var slots = new HashMap<String, Slot>();
    long at = plan.opening().length;
    for (TensorInfo tensor : plan.order()) {
      slots.put(tensor.name(), new Slot(at, at += tensor.bytes()));
    }
    var channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      write(channel, ByteBuffer.wrap(plan.opening()), 0);
      return new SafetensorsSlots(channel, slots);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** The next bytes of a tensor, little-endian; the buffer's position is left as it was. */
  public void write(String tensor, ByteBuffer bytes) throws IOException {
    Slot slot = slots.get(tensor);
    if (slot == null || bytes.remaining() > slot.end - slot.at) {
      throw new IllegalArgumentException(
          "%d bytes of `%s` were not announced".formatted(bytes.remaining(), tensor));
    }
    slot.at += write(channel, bytes.duplicate(), slot.at);
  }

  private static int write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    int length = bytes.remaining();
    int start = bytes.position();
    while (bytes.hasRemaining()) {
      channel.write(bytes, at + bytes.position() - start);
    }
    return length;
  }

  /** To be called at the end. */
  public void finish() {
    slots.forEach(
        (tensor, slot) -> {
          if (slot.at != slot.end) {
            throw new IllegalStateException(
                "%d bytes of `%s` are missing".formatted(slot.end - slot.at, tensor));
          }
        });
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
