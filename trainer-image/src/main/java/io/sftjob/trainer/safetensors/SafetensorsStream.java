package io.sftjob.trainer.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a safetensors file whose tensors come one after the other, and each of them in pieces, so
 * that none needs to be in memory as a whole. Tensors lie by descending element size, then by name,
 * as safetensors' own writer has it, and the data begins on a multiple of 8, so that every tensor
 * is aligned to its element.
 */
public final class SafetensorsStream {
  private static final Comparator<TensorInfo> ORDER =
      Comparator.comparing((TensorInfo t) -> -t.dtype().bytes()).thenComparing(TensorInfo::name);
  private static final ObjectMapper JSON = new ObjectMapper();

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
    var ordered = tensors.stream().sorted(ORDER).toList();
    byte[] header = header(ordered, metadata);
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
    out.write(header);
    return new SafetensorsStream(Channels.newChannel(out), ordered);
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

  private static byte[] header(List<TensorInfo> tensors, Map<String, String> metadata) {
    ObjectNode json = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = json.putObject(Header.METADATA);
      new TreeMap<>(metadata).forEach(node::put);
    }
    long at = 0;
    var names = new HashSet<String>();
    for (TensorInfo tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors are called `" + tensor.name() + "`");
      }
      ObjectNode node = json.putObject(tensor.name());
      node.put("dtype", tensor.dtype().name());
      var shape = node.putArray("shape");
      for (long dimension : tensor.shape()) {
        shape.add(dimension);
      }
      node.putArray("data_offsets").add(at).add(at += tensor.bytes());
    }
    String text = json.toString();
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return (text + " ".repeat((8 - length % 8) % 8)).getBytes(StandardCharsets.UTF_8);
  }
}
