package io.sftjob.trainer.safetensors;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes safetensors files from tensors in memory: same tensors, same bytes. */
public final class SafetensorsWriter {
  /** What readers of PyTorch's ecosystem expect. */
  public static final Map<String, String> PYTORCH = Map.of("format", "pt");

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
    Map<String, HostTensor> byName = new HashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    var stream =
        SafetensorsStream.begin(
            out,
            tensors.stream().map(t -> new TensorInfo(t.name(), t.dtype(), t.shape())).toList(),
            metadata);
    for (TensorInfo tensor : stream.order()) {
      var data = byName.get(tensor.name()).data();
      if (data.remaining() != tensor.bytes()) {
        throw new IllegalArgumentException("%s has %d bytes".formatted(tensor, data.remaining()));
      }
      stream.write(data);
    }
    stream.finish();
    out.flush();
  }
}
