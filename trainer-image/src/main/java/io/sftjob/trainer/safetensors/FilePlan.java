package io.sftjob.trainer.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the tensors of a file to be written lie: by descending element size, then by name, as
 * safetensors' own writer has it. The data begins on a multiple of 8, so that every tensor is
 * aligned to its element.
 *
 * @param opening the file's first bytes: the header and its length
 */
record FilePlan(List<TensorInfo> order, byte[] opening) {
  private static final Comparator<TensorInfo> ORDER =
      Comparator.comparing((TensorInfo t) -> -t.dtype().bytes()).thenComparing(TensorInfo::name);
  private static final ObjectMapper JSON = new ObjectMapper();

  static FilePlan of(List<TensorInfo> tensors, Map<String, String> metadata) {
    var order = tensors.stream().sorted(ORDER).toList();
    byte[] header = header(order, metadata);
    byte[] opening =
        ByteBuffer.allocate(8 + header.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .array();
    return new FilePlan(order, opening);
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
