package io.sftjob.trainer.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes safetensors files: same tensors, same bytes. Tensors lie by descending element size, then
 * by name, as safetensors' own writer has it, and the data begins on a multiple of 8, so that every
 * tensor is aligned to its element.
 */
public final class SafetensorsWriter {
  /** What readers of PyTorch's ecosystem expect. */
  public static final Map<String, String> PYTORCH = Map.of("format", "pt");

  private static final Comparator<HostTensor> ORDER =
      Comparator.comparing((HostTensor t) -> -t.dtype().bytes()).thenComparing(HostTensor::name);
  private static final ObjectMapper JSON = new ObjectMapper();

  private SafetensorsWriter() {}

  /** Creates or replaces the file; syncing and renaming are the caller's. */
  public static void write(Path path, List<HostTensor> tensors, Map<String, String> metadata)
      throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
      write(out, tensors, metadata);
    }
  }

  /** Writes to a stream, which stays open. */
  public static void write(OutputStream out, List<HostTensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<HostTensor> ordered = tensors.stream().sorted(ORDER).toList();
    byte[] header = header(ordered, metadata);
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
    out.write(header);
    WritableByteChannel channel = Channels.newChannel(out);
    for (HostTensor tensor : ordered) {
      ByteBuffer data = tensor.data().duplicate();
      while (data.hasRemaining()) {
        channel.write(data);
      }
    }
    out.flush();
  }

  private static byte[] header(List<HostTensor> tensors, Map<String, String> metadata) {
    ObjectNode json = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = json.putObject(Header.METADATA);
      new TreeMap<>(metadata).forEach(node::put);
    }
    long at = 0;
    var names = new HashSet<String>();
    for (HostTensor tensor : tensors) {
      check(tensor, names.add(tensor.name()));
      ObjectNode node = json.putObject(tensor.name());
      node.put("dtype", tensor.dtype().name());
      var shape = node.putArray("shape");
      for (long dimension : tensor.shape()) {
        shape.add(dimension);
      }
      node.putArray("data_offsets").add(at).add(at += tensor.data().remaining());
    }
    String text = json.toString();
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return (text + " ".repeat((8 - length % 8) % 8)).getBytes(StandardCharsets.UTF_8);
  }

  private static void check(HostTensor tensor, boolean first) {
    long expected = StoredTensor.elements(tensor.shape()) * tensor.dtype().bytes();
    if (!first || tensor.data().remaining() != expected) {
      throw new IllegalArgumentException(
          first
              ? "tensor `%s` has %d bytes; its shape needs %d"
                  .formatted(tensor.name(), tensor.data().remaining(), expected)
              : "two tensors are called `%s`".formatted(tensor.name()));
    }
  }
}
