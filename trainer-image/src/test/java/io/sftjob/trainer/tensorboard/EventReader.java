package io.sftjob.trainer.tensorboard;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads event files as TensorBoard does: in the order of their names, a start drops what follows.
 */
public final class EventReader {
  private final Map<String, List<Long>> steps = new TreeMap<>();

  private EventReader() {}

  /** The steps of each tag, in order. */
  public static Map<String, List<Long>> steps(Path folder) throws IOException {
    var reader = new EventReader();
    try (var files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        reader.file(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
      }
    }
    return reader.steps;
  }

  /** Up to a record that is torn. */
  private void file(ByteBuffer bytes) throws IOException {
    while (bytes.remaining() > 12) {
      int begin = bytes.position();
      int length = (int) bytes.getLong(begin);
      if (bytes.remaining() < length + 16) {
        return;
      }
      byte[] record = Arrays.copyOfRange(bytes.array(), begin + 12, begin + 12 + length);
      byte[] framed = Arrays.copyOfRange(bytes.array(), begin, begin + length + 16);
      if (!Arrays.equals(framed, TfRecord.of(record))) {
        throw new IOException("a checksum is wrong at byte " + begin);
      }
      event(CodedInputStream.newInstance(record));
      bytes.position(begin + length + 16);
    }
  }

  private void event(CodedInputStream in) throws IOException {
    long step = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> step = in.readInt64();
        case 5 -> summary(in.readBytes().newCodedInput(), step);
        case 7 -> {
          in.skipField(tag);
          long first = step;
          steps.values().forEach(all -> all.removeIf(s -> s >= first));
        }
        default -> in.skipField(tag);
      }
    }
  }

  private void summary(CodedInputStream in, long step) throws IOException {
    while (in.readTag() != 0) {
      var value = in.readBytes().newCodedInput();
      value.readTag();
      steps.computeIfAbsent(value.readString(), t -> new ArrayList<>()).add(step);
    }
  }
}
